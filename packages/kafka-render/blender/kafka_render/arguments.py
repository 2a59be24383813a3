"""The arguments after `--`."""

from __future__ import annotations

import argparse


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """Reads what follows the first `--` in Blender's own argument list; wrong arguments exit with 2."""
    own = argv[argv.index('--') + 1 :] if '--' in argv else []
    return _parser().parse_args(own)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='blender SCENE --background --python render_frames.py --')
    add = parser.add_argument
    add('--scene', required=True, metavar='FILE', help='the .blend that Blender was started with, absolute')
    add('--start-frame', required=True, type=int, metavar='N', help='first frame')
    add('--num-frames', required=True, type=int, metavar='N', help='number of consecutive frames')
    add('--output', required=True, metavar='FOLDER', help='an empty folder for the frames, absolute')
    add('--report', required=True, metavar='FILE', help='JSON lines that say what happened are appended here')
    add('--gpu', action='store_true', help='render on the GPU')
    add('--gpu-missing', choices=('cpu', 'fail'), default='cpu', help='what to do when there is no GPU')
    add('--max-pixels', type=int, default=16384 * 16384, metavar='N', help='largest picture, in pixels')
    add('--missing-assets', choices=('fail', 'ignore'), default='fail', help='files the scene uses are missing')
    add('--blocked-scripts', choices=('render', 'fail'), default='render', help='scripts in the scene were not run')
    return parser
