"""Makes the demo's scene: three blocks that turn under a low sun, in 24 frames, 320 x 180, Cycles."""

import math
import sys

import bpy

COLOURS = [(0.9, 0.25, 0.1, 1), (0.1, 0.45, 0.9, 1), (0.95, 0.75, 0.15, 1)]


def material(name, colour):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    made.node_tree.nodes['Principled BSDF'].inputs['Base Color'].default_value = colour
    return made


def block(index, colour):
    bpy.ops.mesh.primitive_cube_add(size=1.3, location=(2 * (index - 1), 0, 0.65))
    cube = bpy.context.object
    cube.data.materials.append(material(f'block {index}', colour))
    for frame, turn in ((1, 0), (25, math.pi / 2)):
        cube.rotation_euler = (0, 0, turn + index * 0.4)
        cube.keyframe_insert('rotation_euler', frame=frame)
    for curve in cube.animation_data.action.fcurves:
        for point in curve.keyframe_points:
            point.interpolation = 'LINEAR'


def stage():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.mesh.primitive_plane_add(size=40)
    bpy.context.object.data.materials.append(material('floor', (0.8, 0.8, 0.8, 1)))
    bpy.ops.object.light_add(type='SUN', rotation=(0.9, 0.2, 0.6))
    bpy.context.object.data.energy = 3
    bpy.ops.object.camera_add(location=(0, -8, 4), rotation=(1.13, 0, 0))
    bpy.context.scene.camera = bpy.context.object
    bpy.context.scene.world = bpy.data.worlds.new('World')


def settings(scene):
    scene.render.engine = 'CYCLES'
    scene.cycles.samples = 16
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y = 320, 180
    scene.render.resolution_percentage = 100
    scene.frame_start, scene.frame_end = 1, 24


def main(path):
    stage()
    for index, colour in enumerate(COLOURS):
        block(index, colour)
    settings(bpy.context.scene)
    bpy.ops.wm.save_as_mainfile(filepath=path)


main(sys.argv[-1])
