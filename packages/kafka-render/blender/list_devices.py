"""Prints, as one line of JSON, what Cycles can render with on this machine, inside Blender 2.8x to 5.x.

blender --background --factory-startup --python list_devices.py      or, with the module bpy,
python list_devices.py
"""

import json
import os
import sys

sys.dont_write_bytecode = True  # the folder may be read-only, and belongs to a package
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from kafka_render import devices, python_module


def main() -> int:
    print('\n' + json.dumps({'gpus': devices.gpu_names()}), flush=True)
    return 0


if __name__ == '__main__':
    python_module.run_as_program(main)
