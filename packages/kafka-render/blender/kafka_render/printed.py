"""What Blender itself prints meanwhile: some troubles it tells in no other way."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable

from .python_module import flush

STREAMS = (1, 2)
READ_AT_MOST = 1_048_576


def printed_by(action: Callable[[], None]) -> str:
    """The beginning of it; all of it is passed on, to standard output, when the action is over."""
    flush()
    outside = [os.dup(stream) for stream in STREAMS]
    with tempfile.TemporaryFile() as file:
        try:
            for stream in STREAMS:
                os.dup2(file.fileno(), stream)
            action()
        finally:
            flush()
            for stream, before in zip(STREAMS, outside):
                os.dup2(before, stream)
                os.close(before)
            text = _pass_on(file.fileno())
    return text


def _pass_on(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    beginning = chunk = os.read(file, READ_AT_MOST)
    while chunk:
        chunk = chunk[os.write(STREAMS[0], chunk) :] or os.read(file, READ_AT_MOST)
    return beginning.decode('utf-8', 'replace')
