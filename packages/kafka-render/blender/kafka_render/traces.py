"""What a job could leave behind in the process beside the scene, and whether all of it could be removed.

Scripts of scenes are never run, so that nothing should be there at all; that is looked at all the same. A timer
(bpy.app.timers) cannot be seen, and need not be: a Blender without a window never runs one.
"""

from __future__ import annotations

import builtins
import os
import resource
import signal
import sys
import threading
from typing import NamedTuple

import bpy

LIMITS = [getattr(resource, name) for name in dir(resource) if name.startswith('RLIMIT_')]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGSEGV, signal.SIGALRM, signal.SIGCHLD)


def _preferences() -> list[tuple[bpy.types.bpy_struct, str]]:
    """Each setting that is one value, with its section: all but colours and lists, which concern windows."""
    preferences = bpy.context.preferences
    sections = [getattr(preferences, each.identifier) for each in _properties(preferences) if each.type == 'POINTER']
    return [
        (section, each.identifier)
        for section in sections
        for each in _properties(section)
        if each.type not in ('POINTER', 'COLLECTION') and not getattr(each, 'is_array', False)
    ]


def _properties(struct: bpy.types.bpy_struct) -> list[bpy.types.Property]:
    return [each for each in struct.bl_rna.properties if each.identifier != 'rna_type']


# Asked for after each job: what to look at is found out once.
PREFERENCES = _preferences()
# Properties that are registered (bpy.types.Scene.mine = ...) are among the names of these.
KINDS_OF_DATA = [
    getattr(bpy.types, each.fixed_type.identifier) for each in _properties(bpy.data) if each.type == 'COLLECTION'
]


class Traces(NamedTuple):
    # Can be put back.
    handlers: dict[str, list]
    names: dict[str, object]
    builtins: dict[str, object]
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
        builtins=dict(vars(builtins)),
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
    _put_back(vars(builtins), before.builtins)
    sys.path[:] = before.path
    _put_back(os.environ, before.environment)
    os.chdir(before.folder)
    os.umask(before.umask)
    sys.setrecursionlimit(before.recursion)
    return _fixed() == before.fixed


def _fixed() -> tuple:
    """Threads, limits, signal handlers, the import machinery, what somebody has registered or preferred."""
    return (
        threading.active_count(),
        tuple(resource.getrlimit(limit) for limit in LIMITS),
        tuple(signal.getsignal(number) for number in SIGNALS),
        os.nice(0),
        len(bpy.types.RenderEngine.__subclasses__()),
        bpy.context.preferences.addons.keys(),
        [getattr(section, name) for section, name in PREFERENCES],
        [dict(vars(kind)) for kind in KINDS_OF_DATA],
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
