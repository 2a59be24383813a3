"""A script in a scene that tries what it can, once when the scene is opened and once for each frame. It prints a line for each."""

import json
import os
import socket
import subprocess
from pathlib import Path

import bpy

PLACES = json.loads(r"""@PLACES@""")
# Not more than this: what is to be seen is that they end.
PROCESSES = 20


def attempt(name, act):
    try:
        print('ATTEMPT', name, repr(act()), flush=True)
    except Exception as error:  # noqa: BLE001
        print('ATTEMPT', name, type(error).__name__, flush=True)


def files_below(folder):
    return sorted(name for _, _, names in os.walk(folder) for name in names if 'of-somebody-else' in name)


def daemons():
    for _ in range(PROCESSES):
        command = ['sh', '-c', 'setsid sleep "$0" >/dev/null 2>&1 &', PLACES['seconds']]
        subprocess.run(command, stdin=subprocess.DEVNULL, check=True)
    return PROCESSES


def look(frame):
    """For a driver: while frames are rendered."""
    attempt('driver', lambda: Path(PLACES['credentials']).read_text())
    return frame


bpy.app.driver_namespace['look'] = look
attempt('passwd', lambda: Path('/etc/passwd').read_text())
attempt('credentials', lambda: Path(PLACES['credentials']).read_text())
attempt('link', lambda: (os.symlink(PLACES['credentials'], '/tmp/link'), Path('/tmp/link').read_text()))
attempt('jobs', lambda: files_below(PLACES['jobs']))
attempt('scenes', lambda: files_below(PLACES['scenes']))
attempt('network', lambda: socket.create_connection(('127.0.0.1', PLACES['port']), 2))
attempt('kafka', lambda: socket.create_connection(tuple(PLACES['kafka']), 2))
attempt('beside', lambda: Path(PLACES['folder'], 'escaped').write_text('x'))
attempt('system', lambda: Path('/usr/share/escaped').write_text('x'))
attempt('environment', lambda: [name for name in os.environ if 'SECRET' in name])
attempt('tmp', lambda: Path(PLACES['tmp']).write_text('x'))
attempt('daemons', daemons)
