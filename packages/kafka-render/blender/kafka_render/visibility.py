"""What of a scene is shown at all when it is rendered."""

from __future__ import annotations

import bpy

from .generations import animation_curves


def rendered_layers(scene: bpy.types.Scene) -> list[bpy.types.ViewLayer]:
    return [layer for layer in scene.view_layers if layer.use]


def shows_materials(scene: bpy.types.Scene) -> bool:
    """Workbench shows none, unless told so."""
    return scene.render.engine != 'BLENDER_WORKBENCH' or scene.display.shading.color_type == 'TEXTURE'


def is_hidden(block: bpy.types.Object | bpy.types.Collection) -> bool:
    return block.hide_render and not is_animated(block, 'hide_render')


def is_animated(block: bpy.types.ID, path: str) -> bool:
    """Then it may be so at some frames only."""
    data = getattr(block, 'animation_data', None)
    if data is None:
        return False
    if any(driver.data_path == path for driver in data.drivers) or any(track.strips for track in data.nla_tracks):
        return True
    return bool(data.action) and any(curve.data_path == path for curve in animation_curves(data))
