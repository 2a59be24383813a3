"""Checks that cost nothing, made before any rendering."""

from __future__ import annotations

import os

import bpy

from .generations import compositor_tree, file_output_formats
from .output import SUPPORTED_FORMATS, file_output_nodes, picture_size
from .refusals import Refusal
from .rendered import Rendered, nodes_within
from .visibility import rendered_layers

# In pixels, of formats that have a limit below Blender's own.
LONGEST_SIDES = {'JPEG': 65500, 'WEBP': 16383}


def opened_scene(path: str) -> bpy.types.Scene:
    """The scene to render. A file that failed to open leaves another scene loaded, so look what is open."""
    opened = bpy.data.filepath
    if not opened or not os.path.samefile(opened, path):
        raise Refusal('scene-not-loaded', f'Blender did not open the scene; open is {opened!r}')
    return bpy.context.scene


def check_format(scene: bpy.types.Scene) -> None:
    file_format = scene.render.image_settings.file_format
    if scene.render.is_movie_format:
        raise Refusal(
            'movie-format',
            f'The output format {file_format} is a movie; choose an image format such as PNG or OpenEXR',
        )
    node_formats = [name for node in file_output_nodes(scene) for name in file_output_formats(node)]
    for name in [file_format, *node_formats]:
        if name not in SUPPORTED_FORMATS:
            supported = ', '.join(SUPPORTED_FORMATS)
            what = name or 'unknown to this Blender'
            raise Refusal('format-unsupported', f'The output format {what} is not supported; supported are {supported}')


def check_resolution(scene: bpy.types.Scene, max_pixels: int) -> None:
    width, height = picture_size(scene)
    if width * height > max_pixels:
        raise Refusal(
            'resolution-too-large',
            f'{width} x {height} is {width * height} pixels, more than the {max_pixels} allowed (--max-pixels)',
        )
    file_format = scene.render.image_settings.file_format
    longest = LONGEST_SIDES.get(file_format)
    if longest and max(width, height) > longest:
        raise Refusal('resolution-too-large', f'{width} x {height} is too large for {file_format}: {longest} a side')


def check_cameras(rendered: Rendered) -> None:
    for scene, _ in rendered.views.values():
        # An object of that kind is not enough: Blender without a window does not choose one.
        if not scene.camera and not any(marker.camera for marker in scene.timeline_markers):
            raise Refusal('no-camera', f'Scene {scene.name!r} has no camera; add one and make it active')


def check_something_shows(scene: bpy.types.Scene, rendered: Rendered) -> None:
    """Blender makes an empty picture of nothing, or fails."""
    for view, _ in rendered.views.values():
        if not rendered_layers(view):
            raise Refusal('nothing-to-render', f'No view layer of scene {view.name!r} is enabled for rendering')
    if 0 in picture_size(scene):
        raise Refusal('nothing-to-render', 'The resolution leaves no pixel')
    if scene.render.use_border and 0 in _border_size(scene):
        raise Refusal('nothing-to-render', 'The border of the render region leaves no pixel')
    if scene.name in rendered.composed and not _composes(compositor_tree(scene)):
        raise Refusal('nothing-to-render', 'The compositor neither shows anything nor takes the rendered picture')


def _border_size(scene: bpy.types.Scene) -> tuple[int, int]:
    render, (width, height) = scene.render, picture_size(scene)
    return (
        int(render.border_max_x * width) - int(render.border_min_x * width),
        int(render.border_max_y * height) - int(render.border_min_y * height),
    )


def _composes(tree: bpy.types.NodeTree) -> bool:
    return any(node.type in ('R_LAYERS', 'COMPOSITE', 'GROUP_OUTPUT') for node in nodes_within(tree))
