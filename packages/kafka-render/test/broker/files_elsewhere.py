"""Saves scenes that use what lies in ELSEWHERE, a folder that is nobody's business: -- FOLDER ELSEWHERE UP

UP: from where a scene will lie, the way up to the root.
"""

import os
import sys

import bpy

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../../lab/scenes'))
import scene_contents as contents

folder, elsewhere, up = sys.argv[sys.argv.index('--') + 1 :]


def save(name):
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, name + '.blend'), relative_remap=False, copy=True)


def showing(path):
    picture = contents.save_checker(os.path.join(elsewhere, 'secret.png'))
    contents.texture_world(bpy.context.scene, picture)
    picture.filepath_raw = path


contents.tiny()
bpy.data.objects['Cube'].name = 'Secret'
library = os.path.join(elsewhere, 'library.blend')
bpy.ops.wm.save_as_mainfile(filepath=library, copy=True)

contents.tiny()
showing(os.path.join(elsewhere, 'secret.png'))
save('absolute')

contents.tiny()
showing('//' + up + os.path.join(elsewhere, 'secret.png').lstrip('/'))
save('upwards')

contents.tiny()
showing('/etc/passwd')
save('passwd')

scene = contents.tiny()
bpy.data.objects.remove(scene.objects['Cube'])
with bpy.data.libraries.load(library, link=True) as (_, wanted):
    wanted.objects = ['Secret']
scene.collection.objects.link(bpy.data.objects['Secret'])
save('library')
