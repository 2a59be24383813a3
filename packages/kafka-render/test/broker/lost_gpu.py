#!/usr/bin/env python3
"""Blender with a GPU that fails in mid-frame, and says so in Blender's words. What is not for a GPU Blender itself renders."""

import json
import os
import sys

MESSAGE = 'Error: Illegal address in CUDA queue synchronize (integrator_shade_surface)'
SCENE = {
    'event': 'scene',
    'protocol': 1,
    'blenderVersion': '3.4.1',
    'scene': 'Scene',
    'engine': 'CYCLES',
    'format': 'PNG',
    'extension': '.png',
    'width': 64,
    'height': 64,
    'mainFiles': ['####.png'],
    'device': {'requested': 'GPU', 'used': 'GPU', 'backend': 'CUDA', 'names': ['A card that is lost']},
    'threads': 2,
    'blockedScripts': None,
    'simulations': [],
    'missingAssets': None,
    'monotonicSeconds': 1,
}
EVENTS = [SCENE, {'event': 'error', 'code': 'render-error', 'message': MESSAGE}]

if '--gpu' not in sys.argv:
    os.execvp('blender', ['blender', *sys.argv[1:]])
(report,) = [each.partition('=')[2] for each in sys.argv if each.startswith('--report=')]
with open(report, 'a', encoding='utf-8') as lines:
    lines.writelines(json.dumps(event) + '\n' for event in EVENTS)
print(MESSAGE)
sys.exit(19)
