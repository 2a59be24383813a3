"""Baked simulations whose files are gone: Blender shows what was simulated as it was before."""

from __future__ import annotations

import glob
import os

import bpy

from .rendered import Rendered
from .used_blocks import UsedBlocks


def missing_caches(rendered: Rendered, used: UsedBlocks) -> set[str]:
    missing = {f'cache of {name}' for name, cache in _point_caches(rendered, used) if not _has_files(cache)}
    for body, modifier in used.modifiers:
        missing.update(f'{path} of {body.name}' for path in _folders(modifier) if not _is_filled(path, body))
    return missing


def _point_caches(rendered: Rendered, used: UsedBlocks) -> list[tuple[str, bpy.types.PointCache]]:
    found = [(body.name, system.point_cache) for body, system in used.particles]
    found += [(body.name, each.point_cache) for body, each in used.modifiers if hasattr(each, 'point_cache')]
    canvases = [(body, each.canvas_settings) for body, each in used.modifiers if each.type == 'DYNAMIC_PAINT']
    found += [(body.name, layer.point_cache) for body, canvas in canvases if canvas for layer in canvas.canvas_surfaces]
    worlds = [(scene.name, scene.rigidbody_world) for scene, _ in rendered.views.values()]
    found += [(name, world.point_cache) for name, world in worlds if world and world.enabled]
    return [(name, cache) for name, cache in found if cache and (cache.use_external or cache.use_disk_cache)]


def _has_files(cache: bpy.types.PointCache) -> bool:
    if cache.use_external:
        return bool(glob.glob(os.path.join(glob.escape(bpy.path.abspath(cache.filepath)), '*.bphys')))
    if not cache.is_baked:
        return True  # it simulates
    folder, scene = os.path.split(bpy.data.filepath)
    beside = os.path.join(folder, 'blendcache_' + os.path.splitext(scene)[0])
    return bool(glob.glob(os.path.join(glob.escape(beside), '*.bphys')))


def _folders(modifier: bpy.types.Modifier) -> list[str]:
    """Where fluids, and the simulations and bakes of nodes, have been baked to."""
    if modifier.type == 'FLUID' and modifier.fluid_type == 'DOMAIN':
        domain = modifier.domain_settings
        return [domain.cache_directory] if domain and domain.has_cache_baked_data else []
    return []


def _is_filled(path: str, body: bpy.types.Object) -> bool:
    folder = bpy.path.abspath(path, library=body.library)
    return os.path.isdir(folder) and any(os.scandir(folder))
