"""Test scenes by what is in them, and the parts that they are put together from."""

import array
import os
import random
import wave

import bpy


def empty_scene(size=64):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = 'CYCLES'
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = 'PNG'
    scene.cycles.samples = 8
    scene.cycles.use_denoising = False  # Debian's build has no OpenImageDenoise
    scene.cycles.use_adaptive_sampling = False
    scene.world = bpy.data.worlds.new('World')
    scene.world.use_nodes = True
    return scene


def add_camera(scene):
    camera = bpy.data.objects.new('Camera', bpy.data.cameras.new('Camera'))
    camera.location, camera.rotation_euler = (0, -6, 0), (1.5708, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    return camera


def add_mesh(scene, mesh):
    body = bpy.data.objects.new(mesh.name, mesh)
    scene.collection.objects.link(body)
    return body


def cube_mesh(name):
    mesh = bpy.data.meshes.new(name)
    corners = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh.from_pydata(corners, [], faces)
    return mesh


def tiny(size=64):
    scene = empty_scene(size)
    add_camera(scene)
    body = add_mesh(scene, cube_mesh('Cube'))
    body.rotation_euler = (0.5, 0.2, 0.7)
    lamp = bpy.data.objects.new('Sun', bpy.data.lights.new('Sun', 'SUN'))
    lamp.rotation_euler = (0.8, 0.3, 0)
    scene.collection.objects.link(lamp)
    return scene


def wide(samples=8):
    scene = tiny()
    scene.cycles.samples = samples
    scene.render.resolution_x, scene.render.resolution_y = 640, 360


def counter():
    """Red counts frames, green counts 256 of them, blue 65536; such simple drivers need no scripts."""
    scene = empty_scene()
    add_camera(scene)
    scene.cycles.samples = 1
    scene.render.dither_intensity = 0
    scene.view_settings.view_transform = 'Raw'
    colour = scene.world.node_tree.nodes['Background'].inputs['Color']
    digits = ('fmod(frame, 256)', 'floor(fmod(frame, 65536) / 256)', 'floor(frame / 65536)')
    for channel, digit in enumerate(digits):
        colour.driver_add('default_value', channel).driver.expression = digit + ' / 255'
    return scene


def slow_counter():
    scene = counter()
    scene.cycles.samples = 16
    scene.render.resolution_x = scene.render.resolution_y = 256


def cloth_counter():
    scene = counter()
    cloth = add_mesh(scene, cube_mesh('Cloth'))
    cloth.location = (0, -20, 0)
    cloth.modifiers.new('Cloth', 'CLOTH')


def eevee():
    scene = tiny()
    engines = ('BLENDER_EEVEE', 'BLENDER_EEVEE_NEXT')
    for engine in engines:  # the name changed in 4.2 and changed back in 5.0
        try:
            scene.render.engine = engine
        except TypeError:
            continue
    scene.eevee.taa_render_samples = 4


def big():
    """About 50 MB of random coordinates."""
    scene = tiny()
    random.seed(1)
    side = 860
    mesh = bpy.data.meshes.new('Noise')
    corners = [(random.random(), random.random(), random.random()) for _ in range(side * side)]
    rows = range(0, side * side - side, side)
    faces = [(row + x, row + x + 1, row + x + side) for row in rows for x in range(0, side - 1, 2)]
    mesh.from_pydata(corners, [], faces)
    noise = mesh.attributes.new('noise', 'FLOAT_COLOR', 'POINT')
    noise.data.foreach_set('color', array.array('f', (random.random() for _ in range(side * side * 4))))
    add_mesh(scene, mesh)


def textured_linked(folder):
    """scene.blend uses textures/checker.png and an object of library/asset.blend, both by relative path."""
    library = os.path.join(folder, 'library', 'asset.blend')
    scene = tiny()
    scene.objects['Cube'].name = 'Linked cube'
    os.makedirs(os.path.dirname(library))
    bpy.ops.wm.save_as_mainfile(filepath=library)
    scene = tiny()
    bpy.data.objects.remove(scene.objects['Cube'])
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, 'textured-linked.blend'))
    with bpy.data.libraries.load(library, link=True, relative=True) as (_, wanted):
        wanted.objects = ['Linked cube']
    scene.collection.objects.link(bpy.data.objects['Linked cube'])
    texture_world(scene, save_checker(os.path.join(folder, 'textures', 'checker.png')))
    bpy.ops.file.make_paths_relative()


def missing_texture(folder):
    scene = tiny()
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, 'missing-texture.blend'))
    path = os.path.join(folder, 'textures', 'gone.png')
    texture_world(scene, save_checker(path))
    bpy.ops.file.make_paths_relative()
    os.remove(path)


def image_strip(folder):
    """A picture beside the scene is cut in instead of what the camera sees."""
    scene = counter()
    save_checker(os.path.join(folder, 'strip.png'))
    add_strip(scene, '//strip.png')


def sound_only(folder):
    scene = no_camera()
    path = os.path.join(folder, 'sound.wav')
    with wave.open(path, 'wb') as sound:
        sound.setparams((1, 2, 8000, 0, 'NONE', ''))
        sound.writeframes(bytes(16000))
    strips_of(scene).new_sound('Sound', path, 1, 1)


def missing_strip():
    add_strip(counter(), '//gone.png')


def add_strip(scene, path):
    return strips_of(scene).new_image('Strip', path, 1, 1)


def strips_of(scene):
    editor = scene.sequence_editor_create()
    return editor.strips if hasattr(editor, 'strips') else editor.sequences  # `strips` from 4.4 on


def add_mesh_cache(body, path):
    modifier = body.modifiers.new('Cache', 'MESH_CACHE')
    modifier.cache_format, modifier.filepath = 'MDD', path
    return modifier


def add_light_profile(light, path):
    light.use_nodes = True
    profile = light.node_tree.nodes.new('ShaderNodeTexIES')
    profile.mode, profile.filepath = 'EXTERNAL', path
    light.node_tree.links.new(profile.outputs['Fac'], light.node_tree.nodes['Emission'].inputs['Strength'])


def last_picture():
    """The world shows what was rendered last."""
    scene = counter()
    scene.render.resolution_x = scene.render.resolution_y = 16
    bpy.ops.render.render()
    texture_world(scene, bpy.data.images['Render Result'])


def persistent_data():
    """Cycles keeps what it has from one picture to the next."""
    tiny().render.use_persistent_data = True


def save_checker(path):
    image = bpy.data.images.new('Checker', 32, 32)
    image.generated_type = 'UV_GRID'
    image.filepath_raw, image.file_format = path, 'PNG'
    image.save()
    bpy.data.images.remove(image)
    return bpy.data.images.load(path)


def texture_world(scene, image):
    nodes = scene.world.node_tree.nodes
    texture = nodes.new('ShaderNodeTexEnvironment')
    texture.image = image
    scene.world.node_tree.links.new(texture.outputs['Color'], nodes['Background'].inputs['Color'])


def compositor(scene):
    """The tree that post-processes the picture, with a node for the scene's layers: the picture goes through."""
    if not hasattr(scene, 'compositing_node_group'):  # to 4.x
        scene.use_nodes = True
        return scene.node_tree, next(node for node in scene.node_tree.nodes if node.type == 'R_LAYERS')
    tree = bpy.data.node_groups.new('Compositing', 'CompositorNodeTree')
    tree.interface.new_socket('Image', in_out='OUTPUT', socket_type='NodeSocketColor')
    layers, output = tree.nodes.new('CompositorNodeRLayers'), tree.nodes.new('NodeGroupOutput')
    tree.links.new(layers.outputs['Image'], output.inputs['Image'])
    scene.compositing_node_group = tree
    return tree, layers


def no_camera():
    scene = tiny()
    bpy.data.objects.remove(scene.camera)
    return scene


def render_error():
    """Folders of File Output nodes are called like the frames, which then cannot be written: Blender finds out late."""
    tree, layers = compositor(tiny())
    for frame in range(1, 11):
        node = tree.nodes.new('CompositorNodeOutputFile')
        node.name = f'{frame:04d}.png'
        if hasattr(node, 'directory'):  # from 5.0
            node.file_output_items.new('RGBA', 'image')
        tree.links.new(layers.outputs['Image'], node.inputs[0])


def scripts():
    """A text block to be run on opening, and a driver that is more than simple arithmetic."""
    scene = counter()
    text = bpy.data.texts.new('on_open.py')
    text.write('raise RuntimeError("the scene ran its script")\n')
    text.use_module = True
    driver = scene.camera.driver_add('location', 0).driver
    driver.expression = '__import__("os").getpid() * 0'


def script_driver():
    """The counter, but its red comes of a function that a text block defines on opening, by a driver that calls it."""
    scene = counter()
    text = bpy.data.texts.new('define.py')
    text.write('import bpy\nbpy.app.driver_namespace["shown"] = lambda frame: frame % 256 / 255\n')
    text.use_module = True
    for curve in scene.world.node_tree.animation_data.drivers:
        if curve.array_index == 0:
            curve.driver.expression = 'shown(frame)'


def script_handler():
    """The counter, but its colour comes of a handler that stays, of a text block that removes itself."""
    scene = counter()
    scene.world.node_tree.animation_data_clear()
    text = bpy.data.texts.new('handle.py')
    text.write(HANDLER)
    text.use_module = True


HANDLER = """import bpy

@bpy.app.handlers.persistent
def show(scene, *_):
    colour = scene.world.node_tree.nodes["Background"].inputs["Color"]
    colour.default_value = (scene.frame_current % 256 / 255, 0, 0, 1)

bpy.app.handlers.frame_change_pre.append(show)
bpy.data.texts.remove(bpy.data.texts["handle.py"])
"""


def freestyle_script():
    """A line style written in Python, which Blender runs even when scripts are switched off."""
    scene = tiny()
    scene.render.use_freestyle = True
    text = bpy.data.texts.new('style.py')
    text.write('import os\nos.remove(__file__.rsplit("/", 1)[0])\nraise RuntimeError("the scene ran its script")\n')
    settings = scene.view_layers[0].freestyle_settings
    settings.mode = 'SCRIPT'
    module = settings.modules.new()
    module.script, module.use = text, True


def slow():
    """Minutes for a frame: something to cancel."""
    scene = tiny(1024)
    scene.cycles.samples = 100000
