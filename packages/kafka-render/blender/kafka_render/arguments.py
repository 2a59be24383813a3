"""The arguments after `--`."""

from __future__ import annotations

import argparse
import functools

from .frame_range import FrameRange


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """Reads what follows the first `--` in Blender's own argument list; wrong arguments exit with 2."""
    own = argv[argv.index('--') + 1 :] if '--' in argv else []
    return _parser().parse_args(own)


def frame_ranges(text: str) -> list[FrameRange]:
    """`1-3,7` is [(1, 3), (7, 7)]."""
    ranges = [FrameRange(int(first), int(last or first)) for first, _, last in _parts(text)]
    if any(frames.first < 0 or frames.last < frames.first for frames in ranges):
        raise ValueError
    return ranges


def _parts(text: str) -> list[tuple[str, str, str]]:
    return [part.partition('-') for part in text.split(',')]


@functools.cache
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='blender --background --python render_frames.py --')
    add = parser.add_argument
    add('--scene', required=True, metavar='FILE', help='the .blend to render, absolute')
    add('--frames', required=True, type=frame_ranges, metavar='RANGES', help='what to render, such as 1-3,7,9-12')
    add('--simulated-frames', type=frame_ranges, metavar='RANGES', help='what to render if the scene simulates')
    add('--output', required=True, metavar='FOLDER', help='an empty folder for the frames, absolute')
    add('--report', required=True, metavar='FILE', help='JSON lines that say what happened are appended here')
    add('--gpu', action='store_true', help='render on the GPU')
    add('--gpu-missing', choices=('cpu', 'fail'), default='cpu', help='what to do when there is no GPU')
    add('--threads', type=int, metavar='N', help='threads to render with; an executable gets them as -t')
    add('--max-pixels', type=int, default=16384 * 16384, metavar='N', help='largest picture, in pixels')
    add('--missing-assets', choices=('fail', 'warn'), default='fail', help='files the scene uses are missing')
    add('--allow-scripts', action='store_true', help='scripts in the scene are run')
    add('--blocked-scripts', choices=('render', 'fail'), default='render', help='scripts in the scene were not run')
    return parser
