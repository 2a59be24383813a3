"""Simulations that are not baked: a frame of such a scene depends on the frames rendered before it."""

from __future__ import annotations

import bpy

NAMED_AT_MOST = 20

# SMOKE and FLUID_SIMULATION: to 2.81
CACHED = ('CLOTH', 'SOFT_BODY')
FLUIDS = ('FLUID', 'FLUID_SIMULATION', 'SMOKE')
SIMULATION_NODE = 'GeometryNodeSimulationInput'


def unbaked_simulations(scene: bpy.types.Scene) -> list[str]:
    """What simulates, by name. In doubt an object counts, also one that `scene` does not show: that costs only time."""
    found = [item.name + ': rigid bodies' for item in [scene, *bpy.data.scenes] if _has_rigid_bodies(item)]
    for item in bpy.data.objects:
        found += [f'{item.name}: {modifier.name}' for modifier in item.modifiers if _simulates(modifier)]
    return sorted(set(found))[:NAMED_AT_MOST]


def _has_rigid_bodies(scene: bpy.types.Scene) -> bool:
    world = scene.rigidbody_world
    return bool(world and world.enabled and world.collection and world.collection.objects) and not (
        world.point_cache.is_baked
    )


def _simulates(modifier: bpy.types.Modifier) -> bool:
    if not modifier.show_render:
        return False
    if modifier.type in CACHED:
        return not modifier.point_cache.is_baked
    if modifier.type == 'PARTICLE_SYSTEM':
        return _particles_move(modifier.particle_system)
    if modifier.type == 'DYNAMIC_PAINT':
        return _paint_dries(modifier.canvas_settings)
    if modifier.type == 'NODES':
        return _simulates_in_nodes(modifier.node_group, set())
    return modifier.type in FLUIDS and not _is_baked_fluid(modifier)


def _particles_move(system: bpy.types.ParticleSystem) -> bool:
    """Hair without dynamics stands still."""
    grows = system.settings.type == 'HAIR' and not system.use_hair_dynamics
    return not grows and not system.point_cache.is_baked


def _paint_dries(canvas: bpy.types.DynamicPaintCanvasSettings | None) -> bool:
    surfaces = canvas.canvas_surfaces if canvas else []
    return any(surface.is_active and not surface.point_cache.is_baked for surface in surfaces)


def _is_baked_fluid(modifier: bpy.types.Modifier) -> bool:
    """A domain carries the simulation; what flows into it, or hinders it, is in vain without one."""
    if getattr(modifier, 'fluid_type', 'DOMAIN') != 'DOMAIN':
        return True
    domain = getattr(modifier, 'domain_settings', None)
    return bool(getattr(domain, 'has_cache_baked_data', False))


def _simulates_in_nodes(tree: bpy.types.NodeTree | None, seen: set[str]) -> bool:
    """Simulation zones: from 3.6."""
    if tree is None or tree.name in seen:
        return False
    seen.add(tree.name)
    inner = [node.node_tree for node in tree.nodes if node.type == 'GROUP']
    return any(node.bl_idname == SIMULATION_NODE for node in tree.nodes) or any(
        _simulates_in_nodes(group, seen) for group in inner
    )
