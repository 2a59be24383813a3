"""What a case of the corpus is: a function that makes a scene, with the verdict that its job deserves beside it."""

import os

import bpy

GOOD = 'good'
CASES = []


def case(verdict, frames=(1, 1), files=None, name=None, **job):
    """
    `verdict`: GOOD or a code. `frames`: first frame and number. `files`: those of a good one, by default a PNG for each
    frame. `name`: of the .blend. `job`: what else is different from the usual job (see `RenderRequest`).

    The function gets an empty folder, in which the scene and what it uses will be. It leaves the scene open in Blender,
    or returns the bytes of a file that Blender would not write.
    """

    def register(make):
        title = make.__name__.replace('_', '-')
        first, count = frames
        wanted = files or [f'{number:04d}.png' for number in range(first, first + count)]
        CASES.append(
            {
                'name': title,
                'about': make.__doc__ or '',
                'file': name or title + '.blend',
                'verdict': verdict,
                'startFrame': first,
                'numFrames': count,
                'files': sorted(wanted) if verdict == GOOD else [],
                'job': job,
                'make': make,
            }
        )
        return make

    return register


def write(make, path):
    os.makedirs(os.path.dirname(path))
    made = make(os.path.dirname(path))
    if isinstance(made, bytes):
        with open(path, 'wb') as file:
            file.write(made)
    else:
        save(path)


def save(path, **options):
    bpy.context.preferences.filepaths.save_version = 0
    bpy.ops.wm.save_as_mainfile(filepath=path, compress=False, copy=True, relative_remap=False, **options)


def saved_bytes(**options):
    """Of the scene that is open."""
    path = os.path.join(bpy.app.tempdir, 'saved.blend')
    bpy.ops.wm.save_as_mainfile(filepath=path, copy=True, relative_remap=False, **options)
    with open(path, 'rb') as file:
        return file.read()


def from_here(version):
    """Whether this Blender is as new."""
    return bpy.app.version >= version
