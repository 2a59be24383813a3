"""Files that the rendered frames need and that are not there: Blender renders without them, in a normal-looking picture."""

from __future__ import annotations

import os

import bpy

from .asset_files import AssetFile, asset_files, has_contents, unreadable_kind
from .linked_blocks import missing_links
from .missing import Missing, in_words, wanted
from .refusals import Refusal
from .rendered import Rendered
from .simulation_caches import missing_caches
from .used_blocks import UsedBlocks

NAMED_AT_MOST = 20

# Files that Blender could read, as they were then: a large picture is not read for each job.
_readable: set[tuple] = set()


def check_assets(rendered: Rendered, used: UsedBlocks, colours: set[str], when_missing: str) -> str | None:
    """What is missing, in words, if that may be; None when nothing is."""
    missing = [*missing_assets(rendered, used), *(Missing(words) for words in sorted(colours))]
    words = in_words(missing)
    if not words:
        return None
    more = f' and {len(words) - NAMED_AT_MOST} more' if len(words) > NAMED_AT_MOST else ''
    names = ', '.join(words[:NAMED_AT_MOST]) + more
    if when_missing == 'fail':
        advice = 'files can be packed into the .blend, or put beside it'
        what = f'The scene uses what is missing here: {names}; {advice}'
        raise Refusal('asset-missing', what, wanted=wanted(missing))
    return names


def missing_assets(rendered: Rendered, used: UsedBlocks) -> list[Missing]:
    files = {file.path: file for file in asset_files(rendered, used)}
    gone = [Missing(file.named, file.paths, file.at_frames) for file in files.values() if not os.path.isfile(file.path)]
    unreadable = [f'{file.named} (it cannot be read)' for file in files.values() if _is_unreadable(file)]
    packed = [f'{image.name} (packed, and it cannot be read)' for image, _, _ in used.images if _is_broken(image)]
    unknown = [f'{block.name} (this Blender reads no such files)' for block in used.blocks if unreadable_kind(block)]
    broken = [Missing(words) for words in (*unreadable, *packed, *unknown)]
    return [*gone, *broken, *missing_links(used), *missing_caches(rendered, used)]


def uses_files() -> bool:
    """Whether anything lies outside of the .blend, where it may change."""
    return bool(bpy.utils.blend_paths(absolute=False, packed=False, local=False)) or bool(unlisted_files())


def unlisted_files() -> list[bpy.types.Node]:
    """Older Blenders do not list what nodes name."""
    owners = [*bpy.data.materials, *bpy.data.worlds, *bpy.data.lights]
    trees = [*bpy.data.node_groups, *(owner.node_tree for owner in owners if owner.node_tree)]
    return [node for tree in trees for node in tree.nodes if getattr(node, 'filepath', '')]


def _is_unreadable(file: AssetFile) -> bool:
    if not os.path.isfile(file.path):
        return False
    if not has_contents(file.path):
        return True
    return file.image is not None and not _was_read(file.path) and not _can_be_read(file)


def _was_read(path: str) -> bool:
    return _version(path) in _readable


def _can_be_read(file: AssetFile) -> bool:
    if _does_not_load(file.image):
        return False
    _readable.add(_version(file.path))
    return True


def _version(path: str) -> tuple:
    status = os.stat(path)
    return path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _is_broken(image: bpy.types.Image) -> bool:
    return bool(image.packed_file) and image.source == 'FILE' and _does_not_load(image)


def _does_not_load(image: bpy.types.Image) -> bool:
    """Reads it, and lets it go again."""
    was_loaded = image.has_data
    loads = 0 not in image.size
    if not was_loaded and loads:
        image.buffers_free()
    return not loads
