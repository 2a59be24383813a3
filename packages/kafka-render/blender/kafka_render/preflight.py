"""Checks that cost nothing, made before any rendering."""

from __future__ import annotations

import os

import bpy

from .generations import compositor_tree, file_output_formats, sequencer_strips
from .output import SUPPORTED_FORMATS, file_output_nodes, picture_size
from .refusals import Refusal


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
            raise Refusal('format-unsupported', f'The output format {name} is not supported; supported are {supported}')


def check_resolution(scene: bpy.types.Scene, max_pixels: int) -> None:
    width, height = picture_size(scene)
    if width * height > max_pixels:
        raise Refusal(
            'resolution-too-large',
            f'{width} x {height} is {width * height} pixels, more than the {max_pixels} allowed (--max-pixels)',
        )


def check_camera(scene: bpy.types.Scene) -> None:
    if _needs_camera(scene) and not (scene.camera or any(item.type == 'CAMERA' for item in scene.objects)):
        raise Refusal('no-camera', f'Scene {scene.name!r} has no camera; add one and make it active')


def _needs_camera(scene: bpy.types.Scene) -> bool:
    if sequencer_strips(scene):
        return False
    tree = compositor_tree(scene)
    return tree is None or any(node.type == 'R_LAYERS' for node in tree.nodes)
