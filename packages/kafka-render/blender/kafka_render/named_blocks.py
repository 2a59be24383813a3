"""What one thing names that is shown with it."""

from __future__ import annotations

import bpy


def marker_cameras(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    return [marker.camera for marker in scene.timeline_markers if marker.camera]


def line_styles(scene: bpy.types.Scene, layer: bpy.types.ViewLayer) -> list[bpy.types.ID]:
    if not (scene.render.use_freestyle and layer.use_freestyle):
        return []
    return [lines.linestyle for lines in layer.freestyle_settings.linesets if lines.show_render]


def placed_by(owner: bpy.types.bpy_struct) -> list[bpy.types.ID]:
    blocks = [getattr(owner, name, None) for name in ('parent', 'target', 'cache_file')]
    return [block for block in blocks if isinstance(block, bpy.types.ID)]


def fonts(text: bpy.types.TextCurve) -> list[bpy.types.ID]:
    formats = text.body_format
    used = [text.font]
    if any(each.use_bold and not each.use_italic for each in formats):
        used.append(text.font_bold)
    if any(each.use_italic and not each.use_bold for each in formats):
        used.append(text.font_italic)
    if any(each.use_bold and each.use_italic for each in formats):
        used.append(text.font_bold_italic)
    return [font for font in used if font]


def shapes(curve: bpy.types.Curve) -> list[bpy.types.ID]:
    blocks = [getattr(curve, name, None) for name in ('bevel_object', 'taper_object', 'follow_curve')]
    return [block.data for block in blocks if block and block.data]
