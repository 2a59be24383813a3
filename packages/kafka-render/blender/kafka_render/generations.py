"""What differs between Blender 2.8x and 5.x. No other file asks which Blender this is."""

from __future__ import annotations

from collections.abc import Callable

import bpy


def is_module() -> bool:
    """Whether this is a Python interpreter that has Blender as its module, and not an executable: python_module.py."""
    return not bpy.app.binary_path


def compositor_tree(scene: bpy.types.Scene) -> bpy.types.NodeTree | None:
    """The node tree that post-processes the render, or None."""
    if not scene.render.use_compositing:
        return None
    if hasattr(scene, 'compositing_node_group'):  # from 5.0
        return scene.compositing_node_group
    return scene.node_tree if scene.use_nodes else None


def strips_in(parent: bpy.types.bpy_struct) -> list:
    """Of a sequencer, or of a strip that holds others."""
    return list(parent.strips if hasattr(parent, 'strips') else parent.sequences)  # `sequences` is gone in 5.0


def muted_channels(parent: bpy.types.bpy_struct) -> set[int]:
    """From 3.2 on a channel can be muted."""
    return {number for number, channel in enumerate(getattr(parent, 'channels', ())) if channel.mute}


def animation_curves(data: bpy.types.AnimData) -> list[bpy.types.FCurve]:
    """Of the action that is in use."""
    action = data.action
    if hasattr(action, 'fcurves'):  # gone in 5.0
        return list(action.fcurves)
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    return [curve for bag in bags for curve in bag.fcurves]


def literal_path(path: str) -> str:
    """From 5.0 on braces in an output path are templates; doubled they stand for themselves."""
    if bpy.app.version < (5, 0, 0):
        return path
    return path.replace('{', '{{').replace('}', '}}')


def names_single_view() -> bool:
    """Whether the file of a view is called after it even when no other one is rendered (seen in 5.0, not in 3.4)."""
    return bpy.app.version >= (5, 0, 0)


def direct_file_output_node(node: bpy.types.Node, folder: str, safe_name: Callable[[str], str]) -> None:
    """Makes a File Output node write below `folder`, with names that `safe_name` has cleaned."""
    if hasattr(node, 'directory'):  # from 5.0
        node.directory = literal_path(folder)
        node.file_name = safe_name(node.file_name)
        for item in node.file_output_items:
            item.name = safe_name(item.name)
        return
    if node.format.file_format == 'OPEN_EXR_MULTILAYER':  # here base_path is the file itself
        node.base_path = literal_path(folder) + '/' + safe_name(bpy.path.basename(node.base_path))
        return
    node.base_path = literal_path(folder)
    for slot in node.file_slots:
        slot.path = safe_name(slot.path)


def file_output_formats(node: bpy.types.Node) -> list[str]:
    """The image formats that a File Output node writes: its own, and those of inputs that have one."""
    if hasattr(node, 'file_output_items'):  # from 5.0
        own = [item.format for item in node.file_output_items if item.override_node_format]
    else:
        own = [slot.format for slot in node.file_slots if not slot.use_node_format]
    return [settings.file_format for settings in [node.format, *own]]


def refresh_devices(cycles_preferences: bpy.types.AddonPreferences) -> None:
    if hasattr(cycles_preferences, 'refresh_devices'):  # from 3.0
        cycles_preferences.refresh_devices()
    else:
        cycles_preferences.get_devices()


def cycles_preferences() -> bpy.types.AddonPreferences | None:
    """The settings of the Cycles add-on, or None when this Blender has no Cycles."""
    addon = bpy.context.preferences.addons.get('cycles')
    return addon.preferences if addon else None
