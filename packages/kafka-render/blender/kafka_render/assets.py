"""Files that a scene uses and that are not there: Blender renders without them, in a normal-looking picture."""

from __future__ import annotations

import os
from collections.abc import Iterator

import bpy

from .generations import sequencer_strips
from .refusals import Refusal

NAMED_AT_MOST = 20


def check_assets(scene: bpy.types.Scene, when_missing: str) -> None:
    missing = [] if when_missing == 'ignore' else missing_assets(scene)
    if missing:
        names = ', '.join(missing[:NAMED_AT_MOST])
        more = f' and {len(missing) - NAMED_AT_MOST} more' if len(missing) > NAMED_AT_MOST else ''
        raise Refusal(
            'missing-asset', f'The scene uses files that are missing: {names}{more}; pack them into the .blend'
        )


def missing_assets(scene: bpy.types.Scene) -> list[str]:
    """The paths, as the scene names them, of missing files that `scene` itself depends on."""
    gone = [(block, path) for block, path in _files(scene) if not _exists(block, path)]
    users = bpy.data.user_map() if gone else {}
    return sorted({path for block, path in gone if _reaches(block, scene, users)})


def uses_files(scene: bpy.types.Scene) -> bool:
    """Whether anything lies outside of the .blend, where it may change."""
    return any(True for _ in _files(scene))


def _files(scene: bpy.types.Scene) -> Iterator[tuple[bpy.types.ID, str]]:
    """The path of each file outside of the .blend, with what names it; of the sequencers that of `scene` is rendered."""
    yield from ((block, block.filepath) for block in _file_blocks() if _is_file(block))
    for block, path in [*_mesh_caches(), *_light_profiles(), *((scene, path) for path in _strip_files(scene))]:
        if path:
            yield block, path


def _file_blocks() -> list[bpy.types.ID]:
    collections = ('libraries', 'images', 'movieclips', 'fonts', 'volumes', 'cache_files')
    return [block for name in collections for block in getattr(bpy.data, name, ())]


def _is_file(block: bpy.types.ID) -> bool:
    generated = getattr(block, 'source', 'FILE') in ('GENERATED', 'VIEWER')
    return not (generated or getattr(block, 'packed_file', None) or block.filepath in ('', '<builtin>'))


def _mesh_caches() -> Iterator[tuple[bpy.types.ID, str]]:
    for body in bpy.data.objects:
        for modifier in body.modifiers:
            if modifier.type == 'MESH_CACHE' and modifier.show_render:
                yield body, modifier.filepath


def _light_profiles() -> Iterator[tuple[bpy.types.ID, str]]:
    data = bpy.data
    trees = [(block, block.node_tree) for block in [*data.materials, *data.worlds, *data.lights] if block.node_tree]
    for block, tree in [*trees, *((group, group) for group in data.node_groups)]:
        for node in tree.nodes:
            if node.bl_idname == 'ShaderNodeTexIES' and node.mode == 'EXTERNAL' and not node.mute:
                yield block, node.filepath


def _strip_files(scene: bpy.types.Scene) -> Iterator[str]:
    """Sounds are not among them: no picture shows one."""
    for strip in sequencer_strips(scene):
        if strip.type == 'IMAGE':
            yield from (os.path.join(strip.directory, element.filename) for element in strip.elements)
        elif strip.type == 'MOVIE':
            yield strip.filepath


def _exists(block: bpy.types.ID, path: str) -> bool:
    absolute = bpy.path.abspath(path, library=block.library)
    if '<UDIM>' in absolute or '<UVTILE>' in absolute:
        return os.path.isdir(os.path.dirname(absolute))
    return os.path.exists(absolute)


def _reaches(block: bpy.types.ID, scene: bpy.types.Scene, users: dict[bpy.types.ID, set[bpy.types.ID]]) -> bool:
    """Whether `scene` uses `block`, through whatever lies between."""
    seen, waiting = set(), list(block.users_id) if isinstance(block, bpy.types.Library) else [block]
    while waiting:
        current = waiting.pop()
        if current == scene:
            return True
        if current not in seen:
            seen.add(current)
            waiting.extend(users.get(current, ()))
    return False
