"""The limit: one Blender that renders one frame after the other and does nothing else.

blender -b --factory-startup -noaudio -Y SCENE --python limit_loop.py -- FOLDER COUNT [SCENE...]

With scenes, each frame is of the next one, opened anew. Prints the seconds that it took, and those of processors, without the
start of Blender.
"""

import sys
import time

import bpy

folder, count, *scenes = sys.argv[sys.argv.index('--') + 1 :]


def render(frame):
    scene = bpy.context.scene
    scene.render.filepath = f'{folder}/####'
    scene.frame_start = scene.frame_end = frame
    bpy.ops.render.render(animation=True)


render(1)
started, cpu_started = time.monotonic(), time.process_time()
for frame in range(1, int(count) + 1):
    if scenes:
        bpy.ops.wm.open_mainfile(filepath=scenes[frame % len(scenes)], load_ui=False, use_scripts=False)
    render(frame)
print(f'limit: {time.monotonic() - started} {time.process_time() - cpu_started}', file=sys.stderr)
