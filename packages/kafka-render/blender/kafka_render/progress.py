"""Prints how far a frame is, as Blender up to 4.x does by itself and the executables of 5.x do, but not their module."""

from __future__ import annotations

import time

import bpy

APART_SECONDS = 0.1


class PrintedProgress:
    """While it is entered: a line `Fra: 12 | Remaining: 00:03.20 | Mem: 120M | Sample 3/128`, a few times a second."""

    def __init__(self, scene: bpy.types.Scene) -> None:
        self._scene = scene
        self._next = 0.0

    def __enter__(self) -> None:
        bpy.app.handlers.render_stats.append(self._on_stats)

    def __exit__(self, *_: object) -> None:
        bpy.app.handlers.render_stats.remove(self._on_stats)

    def _on_stats(self, text: object = None, *_: object) -> None:
        """Where Blender does not say what it says, it has printed it."""
        now = time.monotonic()
        if not isinstance(text, str) or now < self._next:
            return
        self._next = now + APART_SECONDS
        print(f'Fra: {self._scene.frame_current} | {text}', flush=True)
