"""The files outside of a .blend, and how they come into it."""

from __future__ import annotations

import os

import bpy

from .assets import unlisted_files
from .linked_blocks import KINDS


def external_files() -> list[str]:
    """Absolute paths of all that the file names and does not hold; sounds are left out, as no picture needs them."""
    sounds = {_absolute(sound.filepath) for sound in bpy.data.sounds}
    listed = {_absolute(path) for path in bpy.utils.blend_paths(absolute=True, packed=False, local=False)}
    return sorted((listed - sounds) | {_absolute(node.filepath) for node in unlisted_files()})


def pack_files() -> None:
    """As far as Blender can: not movies, image sequences and caches. What is linked becomes the scene's own."""
    _make_local()
    for library in list(bpy.data.libraries):
        bpy.data.libraries.remove(library)
    try:
        bpy.ops.file.pack_all()
    except RuntimeError as error:  # one file could not be packed; others were
        print(error)


def _absolute(path: str) -> str:
    return os.path.normpath(bpy.path.abspath(path))


def _make_local() -> None:
    """What is linked through others becomes direct with each round."""
    linked = _linked_blocks()
    while linked:
        for block in linked:
            block.make_local()
        before, linked = len(linked), _linked_blocks()
        if len(linked) >= before:
            names = ', '.join(block.name for block in linked[:20])
            raise SystemExit(f'These linked data-blocks cannot be made local: {names}')


def _linked_blocks() -> list[bpy.types.ID]:
    blocks = (block for kind in KINDS if kind != 'libraries' for block in getattr(bpy.data, kind))
    return [block for block in blocks if block.library or block.override_library]
