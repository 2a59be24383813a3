"""Renders the frames of one job, inside Blender 2.8x to 5.x.

    blender SCENE --background --python render_frames.py -- ARGS      (see kafka_render/arguments.py for ARGS)

Blender's exit code and log lines prove nothing, so what happened is written as JSON lines to the file
named by --report (see kafka_render/report.py). That too is only a claim: the files in --output are the proof.
"""

import argparse
import os
import sys
import traceback

sys.dont_write_bytecode = True  # the folder may be read-only, and belongs to a package
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from kafka_render import assets, devices, output, preflight, scripts, simulations
from kafka_render.arguments import parse_arguments
from kafka_render.refusals import EXIT_CODES, Refusal
from kafka_render.rendering import render_ranges
from kafka_render.report import Report


def render_job(arguments: argparse.Namespace, report: Report) -> None:
    scene = preflight.opened_scene(arguments.scene)
    preflight.check_format(scene)
    preflight.check_resolution(scene, arguments.max_pixels)
    preflight.check_camera(scene)
    assets.check_assets(scene, arguments.missing_assets)
    blocked_style = scripts.block_freestyle_scripts()
    blocked = blocked_style or scripts.blocked_by_blender()
    scripts.check_scripts(blocked, arguments.blocked_scripts)
    device = devices.choose_device(scene, arguments.gpu, arguments.gpu_missing)
    simulating = simulations.unbaked_simulations(scene)
    ranges = (simulating and arguments.simulated_frames) or arguments.frames
    plan = output.direct_output(scene, arguments.output, ranges)
    report.scene(scene, device, plan, blocked, simulating)
    frames_written = render_ranges(scene, ranges, plan, report)
    blocked = blocked or scripts.blocked_by_blender()  # some are met only while rendering
    scripts.check_scripts(blocked, arguments.blocked_scripts)
    report.done(frames_written, blocked)


def main() -> None:
    arguments = parse_arguments(sys.argv)
    report = Report(arguments.report)
    try:
        render_job(arguments, report)
    except Refusal as refusal:
        report.error(refusal.code, str(refusal))
        sys.exit(refusal.exit_code)
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        report.error('python-error', f'{type(error).__name__}: {error}')
        sys.exit(EXIT_CODES['python-error'])
    finally:
        report.close()


if __name__ == '__main__':
    main()
