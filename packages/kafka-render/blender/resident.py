"""Renders one job after the other in one Blender: takes the argument lists that would start a Blender each.

    blender --factory-startup -noaudio -Y --background --python resident.py      or, with the module bpy,
    python resident.py

Speaks JSON lines with the worker: commands come in on file descriptor 3, answers go out on 4 (docs/resident-programs.md).
"""

import json
import os
import sys
import traceback

sys.dont_write_bytecode = True  # the folder may be read-only, and belongs to a package
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from kafka_render import job, python_module, traces
from kafka_render.open_scene import OpenScene

COMMANDS, ANSWERS = 3, 4


def main() -> None:
    python_module.set_up()
    before = traces.look()
    opened = OpenScene()
    answer({'ready': {}})
    with os.fdopen(COMMANDS, encoding='utf-8') as commands:
        for line in commands:
            command = json.loads(line)['command']
            exit_code, clean = run(command['argv'], opened)
            clean = clean and traces.remove(before)
            python_module.flush()
            answer({'ended': {'id': command['id'], 'exitCode': exit_code, 'reusable': clean}})


def run(argv: list, opened: OpenScene) -> tuple:
    """The exit code, and whether nothing went wrong beyond a refusal before rendering."""
    try:
        return job.run(argv, opened)
    except SystemExit as error:  # wrong arguments
        return (error.code if isinstance(error.code, int) else 1), False
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        return 1, False


def answer(message: dict) -> None:
    os.write(ANSWERS, (json.dumps(message) + '\n').encode())


main()
# The worker has closed the pipe.
python_module.leave(0)
