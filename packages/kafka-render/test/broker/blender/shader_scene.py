"""Saves SCENE, all of whose picture comes of a shader in Open Shading Language that reads PICTURE: -- SCENE PICTURE"""

import os
import sys

import bpy

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../../../lab/scenes'))
import scene_contents as contents

SHADER = 'shader look(output color Out = 0) {{ Out = texture("{}", 0.5, 0.5); }}\n'

path, picture = sys.argv[sys.argv.index('--') + 1 :]
source = os.path.splitext(path)[0] + '.osl'
with open(source, 'w', encoding='utf-8') as file:
    file.write(SHADER.format(picture))
scene = contents.empty_scene()
contents.add_camera(scene)
scene.view_settings.view_transform = 'Raw'
scene.render.dither_intensity = 0
scene.cycles.samples = 1
scene.cycles.shading_system = True
tree = scene.world.node_tree
node = tree.nodes.new('ShaderNodeScript')
node.mode, node.filepath = 'EXTERNAL', source
if not node.outputs:
    node.outputs.new('NodeSocketColor', 'Out')
tree.links.new(node.outputs[0], tree.nodes['Background'].inputs['Color'])
bpy.ops.wm.save_as_mainfile(filepath=path, relative_remap=False)
