"""Renders one small picture in every image format and variant that this Blender writes, inside Blender.

blender --background --factory-startup --python save_pictures.py -- FOLDER
"""

import os
import sys

import bpy

SETTINGS = {
    'PNG': [{'color_mode': mode, 'color_depth': depth} for mode in ('BW', 'RGB', 'RGBA') for depth in ('8', '16')],
    'JPEG': [{'color_mode': mode} for mode in ('BW', 'RGB')],
    'TIFF': [
        {'color_mode': 'RGBA', 'color_depth': depth, 'tiff_codec': codec}
        for depth in ('8', '16')
        for codec in ('NONE', 'DEFLATE', 'LZW', 'PACKBITS')
    ],
    'WEBP': [{'color_mode': 'RGBA', 'quality': quality} for quality in (50, 100)],
    'BMP': [{'color_mode': mode} for mode in ('BW', 'RGB')],
    'TARGA': [{'color_mode': mode} for mode in ('BW', 'RGB', 'RGBA')],
    'TARGA_RAW': [{'color_mode': mode} for mode in ('BW', 'RGB', 'RGBA')],
    'IRIS': [{'color_mode': mode} for mode in ('BW', 'RGB', 'RGBA')],
    'HDR': [{'color_mode': 'RGB'}],
    'CINEON': [{'color_mode': 'RGB'}],
    'DPX': [{'color_mode': 'RGBA', 'color_depth': depth} for depth in ('8', '10', '12', '16')],
    'JPEG2000': [{'jpeg2k_codec': codec, 'quality': quality} for codec in ('JP2', 'J2K') for quality in (60, 100)],
    'OPEN_EXR': [
        *({'color_depth': '16', 'exr_codec': codec} for codec in ('B44', 'B44A')),
        *(
            {'color_mode': 'RGBA', 'color_depth': depth, 'exr_codec': codec}
            for depth in ('16', '32')
            for codec in ('NONE', 'PXR24', 'ZIP', 'PIZ', 'RLE', 'ZIPS', 'DWAA', 'DWAB')
        ),
    ],
    'OPEN_EXR_MULTILAYER': [
        {'color_depth': depth, 'exr_codec': codec}
        for depth in ('16', '32')
        for codec in ('NONE', 'PXR24', 'ZIP', 'PIZ', 'RLE', 'ZIPS', 'DWAA', 'DWAB')
    ],
}


def prepare():
    """The cube that Blender starts with, with layers of all kinds of numbers."""
    scene = bpy.context.scene
    scene.render.engine = 'CYCLES'
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y = 97, 71
    layer = scene.view_layers[0]
    layer.use_pass_z = layer.use_pass_normal = layer.use_pass_object_index = True
    return scene


def main(folder):
    scene = prepare()
    for file_format, variants in SETTINGS.items():
        for index, settings in enumerate(variants):
            if hasattr(scene.render.image_settings, 'media_type'):  # from 5.0
                kind = 'MULTI_LAYER_IMAGE' if file_format == 'OPEN_EXR_MULTILAYER' else 'IMAGE'
                scene.render.image_settings.media_type = kind
            scene.render.image_settings.file_format = file_format
            for name, value in settings.items():
                setattr(scene.render.image_settings, name, value)
            scene.render.filepath = os.path.join(folder, f'{file_format}-{index}')
            bpy.ops.render.render(write_still=True)


main(sys.argv[-1])
