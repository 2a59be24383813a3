"""Renders the frames of one job, inside Blender 2.8x to 5.x, and ends with it.

    blender --background --python render_frames.py -- ARGS      or, with the module bpy,
    python render_frames.py -- ARGS                             (see kafka_render/arguments.py for ARGS)

Blender's exit code and log lines prove nothing, so what happened is written as JSON lines to the file
named by --report (see kafka_render/report.py). That too is only a claim: the files in --output are the proof.
"""

import os
import sys

sys.dont_write_bytecode = True  # the folder may be read-only, and belongs to a package
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from kafka_render import job, python_module
from kafka_render.open_scene import OpenScene


def main() -> int:
    exit_code, _ = job.run(sys.argv, OpenScene())
    return exit_code


if __name__ == '__main__':
    python_module.run_as_program(main)
