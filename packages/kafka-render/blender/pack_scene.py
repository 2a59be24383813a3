"""Puts the files that a scene uses into a copy of it, inside Blender 2.8x to 5.x.

    blender --background --factory-startup -Y --python pack_scene.py -- SCENE COPY REPORT      or, with the module bpy,
    python pack_scene.py -- SCENE COPY REPORT

REPORT becomes JSON: `files`, which the scene uses, and `left`, which cannot be packed, both as absolute paths. COPY is
written when there are files and none is left. SCENE itself is never written to.
"""

import json
import os
import sys

sys.dont_write_bytecode = True  # the folder may be read-only, and belongs to a package
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
from kafka_render import packing, python_module


def main() -> int:
    scene, copy, report = sys.argv[sys.argv.index('--') + 1 :]
    bpy.ops.wm.open_mainfile(filepath=scene, load_ui=False, use_scripts=False)
    files = packing.external_files()
    if files:
        packing.pack_files()
    left = packing.external_files()
    if files and not left:
        bpy.ops.wm.save_as_mainfile(filepath=copy, copy=True, compress=True)
    with open(report, 'w', encoding='utf-8', errors='surrogateescape') as file:
        json.dump({'files': files, 'left': left}, file)
    return 0


if __name__ == '__main__':
    python_module.run_as_program(main)
