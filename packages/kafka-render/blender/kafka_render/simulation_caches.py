"""Baked simulations whose files are gone: Blender shows what was simulated as it was before."""

from __future__ import annotations

import glob
import os

import bpy

from .missing import Missing
from .rendered import Rendered
from .used_blocks import UsedBlocks


def missing_caches(rendered: Rendered, used: UsedBlocks) -> set[Missing]:
    empty = [(name, cache) for name, cache in _point_caches(rendered, used) if _is_empty(cache)]
    missing = {Missing(f'cache of {name}', (_all_in(_folder_of(cache)),)) for name, cache in empty}
    for body, modifier in used.modifiers:
        for path in _folders(modifier):
            folder = bpy.path.abspath(path, library=body.library)
            if not _is_filled(folder):
                missing.add(Missing(f'{path} of {body.name}', (_all_in(folder),)))
    return missing


def _all_in(folder: str) -> str:
    return os.path.join(folder, '*')


def _point_caches(rendered: Rendered, used: UsedBlocks) -> list[tuple[str, bpy.types.PointCache]]:
    found = [(body.name, system.point_cache) for body, system in used.particles]
    found += [(body.name, each.point_cache) for body, each in used.modifiers if hasattr(each, 'point_cache')]
    canvases = [(body, each.canvas_settings) for body, each in used.modifiers if each.type == 'DYNAMIC_PAINT']
    found += [(body.name, layer.point_cache) for body, canvas in canvases if canvas for layer in canvas.canvas_surfaces]
    worlds = [(scene.name, scene.rigidbody_world) for scene, _ in rendered.views.values()]
    found += [(name, world.point_cache) for name, world in worlds if world and world.enabled]
    return [(name, cache) for name, cache in found if cache and (cache.use_external or cache.use_disk_cache)]


def _is_empty(cache: bpy.types.PointCache) -> bool:
    if not (cache.use_external or cache.is_baked):
        return False  # it simulates
    return not glob.glob(os.path.join(glob.escape(_folder_of(cache)), '*.bphys'))


def _folder_of(cache: bpy.types.PointCache) -> str:
    if cache.use_external:
        return bpy.path.abspath(cache.filepath)
    folder, scene = os.path.split(bpy.data.filepath)
    return os.path.join(folder, 'blendcache_' + os.path.splitext(scene)[0])


def _folders(modifier: bpy.types.Modifier) -> list[str]:
    """Where fluids, and the simulations and bakes of nodes, have been baked to."""
    if modifier.type == 'FLUID' and modifier.fluid_type == 'DOMAIN':
        domain = modifier.domain_settings
        return [domain.cache_directory] if domain and domain.has_cache_baked_data else []
    if modifier.type == 'NODES':
        return [path for path in _folders_of_nodes(modifier) if path]
    return []


def _folders_of_nodes(modifier: bpy.types.Modifier) -> list[str]:
    """Of simulation zones (from 3.6) and Bake nodes (from 4.1). Blender names the folder when it bakes, and not before."""
    own = getattr(modifier, 'bake_directory', '') or getattr(modifier, 'simulation_bake_directory', '')
    if not hasattr(modifier, 'bakes'):
        return [own]
    return [_folder_of_bake(bake, own) for bake in modifier.bakes if _is_on_disk(bake, modifier)]


def _folder_of_bake(bake: bpy.types.NodesModifierBake, own: str) -> str:
    return bake.directory if bake.use_custom_path else own and os.path.join(own, str(bake.bake_id))


def _is_on_disk(bake: bpy.types.NodesModifierBake, modifier: bpy.types.Modifier) -> bool:
    """From 4.3 on it may be in the .blend."""
    target = getattr(bake, 'bake_target', 'DISK')
    return (modifier.bake_target if target == 'INHERIT' else target) == 'DISK'


def _is_filled(folder: str) -> bool:
    return os.path.isdir(folder) and any(os.scandir(folder))
