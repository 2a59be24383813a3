"""What is linked from other .blend files. Where a library or a part of it is gone, Blender puts something empty."""

from __future__ import annotations

import os

import bpy

from .missing import Missing
from .used_blocks import UsedBlocks

# The kinds of data-blocks by what a file calls their collection.
KINDS = {
    each.identifier: getattr(bpy.types, each.fixed_type.identifier)
    for each in bpy.data.bl_rna.properties
    if each.type == 'COLLECTION'
}


def missing_links(used: UsedBlocks) -> set[Missing]:
    """Libraries that are gone, and data-blocks that are not in theirs."""
    blocks = [original for block in used.blocks for original in _originals(block) if original.library]
    gone = {block.library for block in blocks if _is_gone(block.library)}
    missing = {Missing(library.filepath, (_path(library),)) for library in gone}
    present: dict[bpy.types.Library, set[tuple[str, str]]] = {}
    for block in blocks:
        library = block.library
        if library in gone:
            continue
        if library not in present and not hasattr(block, 'is_missing'):
            present[library] = _names_in(library)
        if getattr(block, 'is_missing', False) or (library in present and not _is_in(block, present[library])):
            missing.add(Missing(f'{block.name} of {library.filepath}'))
    return missing


def _originals(block: bpy.types.ID) -> list[bpy.types.ID]:
    """The data-block and what it is an override of."""
    override = block.override_library
    return [block, override.reference] if override and override.reference else [block]


def _is_gone(library: bpy.types.Library) -> bool:
    return not (library.packed_file or os.path.isfile(_path(library)))


def _path(library: bpy.types.Library) -> str:
    """Relative to the scene, as all of them are once the scene is open: not to the library that links it."""
    return bpy.path.abspath(library.filepath)


def _names_in(library: bpy.types.Library) -> set[tuple[str, str]]:
    """Newer Blenders tell whether a data-block is missing; before, what its library holds has to be looked at."""
    try:
        with bpy.data.libraries.load(_path(library), link=True) as (inside, _):
            return {(kind, name) for kind in KINDS for name in getattr(inside, kind, ())}
    except OSError:  # no .blend file
        return set()


def _is_in(block: bpy.types.ID, present: set[tuple[str, str]]) -> bool:
    return any((kind, block.name) in present for kind, each in KINDS.items() if isinstance(block, each))
