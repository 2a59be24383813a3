"""A program that answers: one command a line on standard input, one answer a line on standard output, both JSON."""

import json
import sys
import traceback


def answer_commands(commands):
    """`commands` maps names to functions of keyword arguments. A failure is an answer too, with its traceback."""
    for line in sys.stdin:
        arguments = json.loads(line)
        try:
            answer = {'answer': commands[arguments.pop('command')](**arguments)}
        except Exception:  # noqa: BLE001
            answer = {'error': traceback.format_exc()}
        print(json.dumps(answer), flush=True)
