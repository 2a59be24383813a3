"""The report: one JSON object a line, each written whole and at once, so that a reader may follow it.

    {"event": "scene", "protocol": 1, "blenderVersion", "scene", "engine", "format", "extension", "width", "height",
     "mainFiles", "device": {"requested", "used", "backend", "names"}, "blockedScripts"}
    {"event": "frame", "frame": 7, "files": [{"path": "0007.png", "bytes": 3300}], "elapsedSeconds": 0.1}
    {"event": "done", "framesWritten": 1, "blockedScripts"}            or, last of all,
    {"event": "error", "code", "message"}

Paths are relative to the output folder. In `mainFiles` #### stands for the number of the frame, of at least four
digits. Width and height are null when a cropped border makes them a matter of rounding.
"""

import json
import os

import bpy

PROTOCOL = 1
MESSAGE_LIMIT = 8000


class Report:
    def __init__(self, path):
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def scene(self, scene, device, plan, blocked_scripts):
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
            blockedScripts=blocked_scripts,
        )

    def frame(self, frame, files, elapsed_seconds):
        self._write(event='frame', frame=frame, files=files, elapsedSeconds=round(elapsed_seconds, 4))

    def done(self, frames_written, blocked_scripts):
        self._write(event='done', framesWritten=frames_written, blockedScripts=blocked_scripts)

    def error(self, code, message):
        self._write(event='error', code=code, message=message[:MESSAGE_LIMIT])

    def close(self):
        os.close(self._fd)

    def _write(self, **event):
        line = memoryview((json.dumps(event) + '\n').encode('utf-8', 'surrogateescape'))
        while line:
            line = line[os.write(self._fd, line):]
