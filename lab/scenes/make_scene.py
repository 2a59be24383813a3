"""Makes a test scene, inside Blender: blender --background --factory-startup --python make_scene.py -- NAME FILE

Every scene is small and quick. Most are variants of `counter`: a picture of one colour that tells the frame's number.
"""

import os
import sys

import bpy

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import scene_contents as contents
import scene_outputs as outputs

MAKERS = {
    'tiny': contents.tiny,
    'wide': contents.wide,
    'wide-1-s': lambda: contents.wide(20),
    'wide-20-s': lambda: contents.wide(400),
    'counter': contents.counter,
    'slow-counter': contents.slow_counter,
    'cloth-counter': contents.cloth_counter,
    'eevee': contents.eevee,
    'big': contents.big,
    'no-camera': contents.no_camera,
    'render-error': contents.render_error,
    'missing-strip': contents.missing_strip,
    'last-picture': contents.last_picture,
    'persistent-data': contents.persistent_data,
    'scripts': contents.scripts,
    'script-driver': contents.script_driver,
    'script-handler': contents.script_handler,
    'freestyle-script': contents.freestyle_script,
    'movie': outputs.movie,
    'too-large': outputs.too_large,
    'slow': contents.slow,
    'jpeg': lambda: outputs.image_format('JPEG', quality=100),
    'png-16': lambda: outputs.image_format('PNG', color_mode='RGBA', color_depth='16'),
    'tiff': lambda: outputs.image_format('TIFF', tiff_codec='LZW'),
    'webp': lambda: outputs.image_format('WEBP', quality=100),
    'exr': lambda: outputs.image_format('OPEN_EXR', exr_codec='ZIP'),
    'exr-multilayer': lambda: outputs.image_format('OPEN_EXR_MULTILAYER', exr_codec='ZIP'),
    'file-output-node': outputs.file_output_node,
    'awkward': outputs.awkward,
    'cropped': outputs.cropped,
    'half-size': outputs.half_size,
    'stereo': outputs.stereo,
    'side-by-side': outputs.side_by_side,
}
MAKERS_IN_FOLDER = {
    'textured-linked': contents.textured_linked,
    'missing-texture': contents.missing_texture,
    'image-strip': contents.image_strip,
}


def main(name, path):
    if name in MAKERS_IN_FOLDER:
        MAKERS_IN_FOLDER[name](os.path.dirname(path))
    else:
        MAKERS[name]()
    bpy.context.preferences.filepaths.save_version = 0
    bpy.ops.wm.save_as_mainfile(filepath=path, compress=False)


if __name__ == '__main__':
    main(*sys.argv[sys.argv.index('--') + 1 :])
