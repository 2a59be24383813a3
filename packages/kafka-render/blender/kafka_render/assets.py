"""Files that a scene uses and that are not there: Blender renders without them, in a normal-looking picture."""

import os

import bpy

from .refusals import Refusal

NAMED_AT_MOST = 20


def check_assets(scene, when_missing):
    missing = [] if when_missing == 'ignore' else missing_assets(scene)
    if missing:
        more = f' and {len(missing) - NAMED_AT_MOST} more' if len(missing) > NAMED_AT_MOST else ''
        raise Refusal('missing-asset', 'The scene uses files that are missing: {}{}; pack them into the .blend'.format(
            ', '.join(missing[:NAMED_AT_MOST]), more))


def missing_assets(scene):
    """The paths, as the scene names them, of missing files that `scene` itself depends on."""
    users = bpy.data.user_map()
    candidates = [library for library in bpy.data.libraries if not _exists(library, library.filepath)]
    missing = {item.filepath for item in candidates if any(_reaches(user, scene, users) for user in item.users_id)}
    for block in _file_blocks():
        if not _file_is_there(block) and _reaches(block, scene, users):
            missing.add(block.filepath)
    return sorted(missing)


def _file_blocks():
    collections = ('images', 'movieclips', 'fonts', 'volumes', 'cache_files')
    return [block for name in collections for block in getattr(bpy.data, name, ())]


def _file_is_there(block):
    generated = getattr(block, 'source', 'FILE') in ('GENERATED', 'VIEWER')
    if generated or getattr(block, 'packed_file', None) or block.filepath in ('', '<builtin>'):
        return True
    return _exists(block, block.filepath)


def _exists(block, path):
    absolute = bpy.path.abspath(path, library=block.library)
    if '<UDIM>' in absolute or '<UVTILE>' in absolute:
        return os.path.isdir(os.path.dirname(absolute))
    return os.path.exists(absolute)


def _reaches(block, scene, users):
    """Whether `scene` uses `block`, through whatever lies between."""
    seen, waiting = set(), [block]
    while waiting:
        current = waiting.pop()
        if current == scene:
            return True
        if current not in seen:
            seen.add(current)
            waiting.extend(users.get(current, ()))
    return False
