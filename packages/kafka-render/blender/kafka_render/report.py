"""The report: one JSON object a line, each written whole and at once, so that a reader may follow it.

    {"event": "scene", "protocol": 1, "blenderVersion", "scene", "engine", "format", "extension", "width", "height",
     "mainFiles", "device": {"requested", "used", "backend", "names"}, "threads", "blockedScripts", "simulations": [],
     "missingAssets", "monotonicSeconds"}
    {"event": "frame", "frame": 7, "files": [{"path": "0007.png", "bytes": 3300}], "elapsedSeconds": 0.1,
     "blockedScripts"}
    {"event": "done", "framesWritten": 1, "blockedScripts"}            or, last of all,
    {"event": "error", "code", "message"}                              of asset-missing also
    "wanted": [{"path", "atFrames"}]

Paths are relative to the output folder. In `mainFiles` #### stands for the number of the frame, of at least four
digits. Width and height are null when a cropped border makes them a matter of rounding. `simulations` names what makes
a frame depend on those before it, `missingAssets` the files that are rendered without; `blockedScripts` of a frame is
what Blender has refused to run by then. `wanted` is what may lie beside the scene in storage: relative to its folder, with
* at the end all that begin so; `atFrames`: other frames need others. `monotonicSeconds` is when rendering begins, by the clock that all processes of
the machine share.
"""

from __future__ import annotations

import json
import os
import re
import time

import bpy

from .devices import Device
from .output import FrameOutput

PROTOCOL = 1
MESSAGE_LIMIT = 8000


class Report:
    def __init__(self, path: str) -> None:
        self._fd = _open_for_appending(path)

    def scene(
        self,
        scene: bpy.types.Scene,
        device: Device,
        plan: FrameOutput,
        blocked_scripts: str | None,
        simulations: list[str],
        missing_assets: str | None,
    ) -> None:
        self._write(
            event='scene',
            protocol=PROTOCOL,
            blenderVersion=bpy.app.version_string,
            scene=scene.name,
            engine=scene.render.engine,
            format=scene.render.image_settings.file_format,
            extension=scene.render.file_extension,
            width=plan.width,
            height=plan.height,
            mainFiles=plan.main_files,
            device=device._asdict(),
            threads=scene.render.threads,
            blockedScripts=blocked_scripts,
            simulations=simulations,
            monotonicSeconds=time.monotonic(),
            missingAssets=missing_assets,
        )

    def frame(self, frame: int, files: list[dict], elapsed_seconds: float, blocked_scripts: str | None) -> None:
        self._write(
            event='frame',
            frame=frame,
            files=files,
            elapsedSeconds=round(elapsed_seconds, 4),
            blockedScripts=blocked_scripts,
        )

    def done(self, frames_written: int, blocked_scripts: str | None) -> None:
        self._write(event='done', framesWritten=frames_written, blockedScripts=blocked_scripts)

    def error(self, code: str, message: str, **details: object) -> None:
        self._write(event='error', code=code, message=message[:MESSAGE_LIMIT], **details)

    def close(self) -> None:
        os.close(self._fd)

    def _write(self, **event: object) -> None:
        line = memoryview((json.dumps(event) + '\n').encode('utf-8', 'surrogateescape'))
        while line:
            line = line[os.write(self._fd, line) :]


def _open_for_appending(path: str) -> int:
    """`/dev/fd/N` is taken as it is: Node passes sockets, and those cannot be opened by a name."""
    inherited = re.match(r'/dev/fd/(\d+)$', path)
    if inherited:
        return os.dup(int(inherited.group(1)))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
