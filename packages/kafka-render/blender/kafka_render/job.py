"""One job: the argument list of a Blender that renders it, whether that Blender is this process or was here before."""

from __future__ import annotations

import argparse
import traceback
from typing import TYPE_CHECKING

import bpy

from . import (
    assets,
    colour_management,
    devices,
    engines,
    output,
    preflight,
    rendered,
    scripts,
    simulations,
    used_blocks,
)
from .arguments import parse_arguments
from .refusals import EXIT_CODES, Refusal
from .rendering import render_ranges
from .report import Report

if TYPE_CHECKING:
    from .open_scene import OpenScene


def run(argv: list[str], opened: OpenScene) -> tuple[int, bool]:
    """The exit code, and whether the process is as good as new: whatever failed while rendering may have left traces."""
    arguments = parse_arguments(argv)
    report = Report(arguments.report)
    try:
        opened.open(arguments.scene, arguments.allow_scripts)
        render_job(arguments, report, opened)
    except Refusal as refusal:
        report.error(refusal.code, str(refusal), **refusal.details)
        return refusal.exit_code, not (opened.is_rendering or opened.ran_scripts)
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        report.error('script-error', f'{type(error).__name__}: {error}')
        return EXIT_CODES['script-error'], False
    else:
        return 0, not opened.ran_scripts
    finally:
        report.close()


def render_job(arguments: argparse.Namespace, report: Report, opened: OpenScene) -> None:
    scene = preflight.opened_scene(arguments.scene)
    simulating = simulations.unbaked_simulations(scene)
    ranges = (simulating and arguments.simulated_frames) or arguments.frames
    shown = rendered.Rendered(scene, ranges)
    preflight.check_format(scene)
    preflight.check_resolution(scene, arguments.max_pixels)
    preflight.check_cameras(shown)
    preflight.check_something_shows(scene, shown)
    used = used_blocks.UsedBlocks(shown)
    engines.check_engines(shown, used)
    engines.check_denoiser(shown, used)
    colours = colour_management.missing_colours(scene, opened.unknown_colours)
    missing = assets.check_assets(shown, used, colours, arguments.missing_assets)
    blocked_style = None if arguments.allow_scripts else scripts.block_freestyle_scripts()
    blocked = blocked_style or scripts.blocked_by_blender()
    scripts.check_scripts(blocked, arguments.blocked_scripts)
    device = devices.choose_device(scene, arguments.gpu, arguments.gpu_missing)
    devices.use_threads(scene, arguments.threads)
    plan = output.direct_output(scene, arguments.output, ranges)
    report.scene(scene, device, plan, blocked, simulating, missing)
    remembers = assets.uses_files() or _shows_last_picture(scene)
    opened.is_rendering = True
    frames_written = render_ranges(scene, ranges, plan, report)
    blocked = blocked or scripts.blocked_by_blender()  # some are met only while rendering
    scripts.check_scripts(blocked, arguments.blocked_scripts)
    report.done(frames_written, blocked)
    opened.may_stay = not (simulating or blocked or remembers or opened.ran_scripts)


def _shows_last_picture(scene: bpy.types.Scene) -> bool:
    """What a fresh Blender has not: the picture before, used as an image, and what Cycles keeps from it."""
    # Blender itself counts as a user of the last picture, which is there after the first rendering of any scene.
    images = {image for image in bpy.data.images if image.source == 'VIEWER'}
    users = bpy.data.user_map(subset=images) if images else {}
    return any(users.values()) or scene.render.use_persistent_data
