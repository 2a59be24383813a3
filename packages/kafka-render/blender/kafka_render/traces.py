"""What a job could leave behind in the process beside the scene, and whether all of it could be removed.

Scripts of scenes are never run, so that nothing should be there at all; that is looked at all the same.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
from typing import NamedTuple

import bpy

LIMITS = [getattr(resource, name) for name in dir(resource) if name.startswith('RLIMIT_')]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGSEGV, signal.SIGALRM, signal.SIGCHLD)


class Traces(NamedTuple):
    # Can be put back.
    handlers: dict[str, list]
    names: dict[str, object]
    path: list[str]
    environment: dict[str, str]
    folder: str
    umask: int
    recursion: int
    # Can only be seen.
    fixed: tuple


def look() -> Traces:
    return Traces(
        handlers={name: list(handlers) for name, handlers in _handler_lists().items()},
        names=dict(bpy.app.driver_namespace),
        path=list(sys.path),
        environment=dict(os.environ),
        folder=os.getcwd(),
        umask=_umask(),
        recursion=sys.getrecursionlimit(),
        fixed=_fixed(),
    )


def remove(before: Traces) -> bool:
    """Puts back what can be put back. Whether the process is then as it was: if not, it has to be replaced."""
    for name, handlers in _handler_lists().items():
        if handlers[:] != before.handlers[name]:
            handlers[:] = before.handlers[name]
    _put_back(bpy.app.driver_namespace, before.names)
    sys.path[:] = before.path
    _put_back(os.environ, before.environment)
    os.chdir(before.folder)
    os.umask(before.umask)
    sys.setrecursionlimit(before.recursion)
    return _fixed() == before.fixed


def _fixed() -> tuple:
    """Threads, limits of the system, signal handlers, classes that somebody has registered, the import machinery."""
    return (
        threading.active_count(),
        tuple(resource.getrlimit(limit) for limit in LIMITS),
        tuple(signal.getsignal(number) for number in SIGNALS),
        os.nice(0),
        len(bpy.types.RenderEngine.__subclasses__()),
        len(bpy.context.preferences.addons),
        len(sys.meta_path),
        len(sys.path_hooks),
        sys.gettrace() is None and sys.getprofile() is None,
    )


def _handler_lists() -> dict[str, list]:
    named = {name: getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers)}
    return {name: handlers for name, handlers in named.items() if isinstance(handlers, list)}


def _put_back(present: dict, before: dict) -> None:
    if present == before:
        return
    for name in [name for name in present if name not in before]:
        del present[name]
    present.update(before)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
