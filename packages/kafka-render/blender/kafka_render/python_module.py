"""Blender as a module of a Python interpreter (`pip install bpy`): what its command line does is done here.

The module always runs without a window and without sound. A job's threads are one of its arguments (--threads).
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import traceback
from collections.abc import Callable

import bpy

from .generations import is_module
from .refusals import EXIT_CODES

C_LIBRARY = ctypes.CDLL(None)


def set_up() -> None:
    """--factory-startup and -Y: whether a scene is opened with its scripts is for OpenScene to say."""
    if not is_module():
        return
    if not bpy.app.factory_startup:
        bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.use_scripts_auto_execute = False


def run_as_program(main: Callable[[], int]) -> None:
    """Ends the process with the exit code of `main`, that of `sys.exit`, or that of --python-exit-code."""
    if is_module():
        set_up()
        leave(_exit_code(main))
    exit_code = main()
    if exit_code:
        sys.exit(exit_code)


def leave(exit_code: int) -> None:
    """At once: a module may crash while the interpreter ends, after good pictures (bpy 4.2)."""
    flush()
    shutil.rmtree(bpy.app.tempdir, ignore_errors=True)
    os._exit(exit_code)


def flush() -> None:
    """Also what Blender itself has printed."""
    sys.stdout.flush()
    sys.stderr.flush()
    C_LIBRARY.fflush(None)


def _exit_code(main: Callable[[], int]) -> int:
    try:
        return main()
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        return EXIT_CODES['script-error']
