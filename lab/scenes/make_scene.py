"""Makes a test scene, inside Blender: blender --background --factory-startup --python make_scene.py -- NAME FILE

Every scene is small and quick. Most are variants of `counter`: a picture of one colour that tells the frame's number.
"""

import array
import os
import random
import sys

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


def wide():
    scene = tiny()
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


def set_format(settings, file_format):
    """From 5.0 on the format depends on the kind of output."""
    if hasattr(settings, 'media_type'):
        kinds = {'FFMPEG': 'VIDEO', 'OPEN_EXR_MULTILAYER': 'MULTI_LAYER_IMAGE'}
        settings.media_type = kinds.get(file_format, 'IMAGE')
    settings.file_format = file_format


def no_camera():
    scene = tiny()
    bpy.data.objects.remove(scene.camera)


def render_error():
    """Post-processing uses another scene, and that has no camera: Blender says so and renders nothing."""
    scene = tiny()
    _, layers = compositor(scene)
    layers.scene = bpy.data.scenes.new('Other')


def scripts():
    """A text block to be run on opening, and a driver that is more than simple arithmetic."""
    scene = counter()
    text = bpy.data.texts.new('on_open.py')
    text.write('raise RuntimeError("the scene ran its script")\n')
    text.use_module = True
    driver = scene.camera.driver_add('location', 0).driver
    driver.expression = '__import__("os").getpid() * 0'


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


def movie():
    scene = counter()
    set_format(scene.render.image_settings, 'FFMPEG')


def too_large():
    scene = counter()
    scene.render.resolution_x = scene.render.resolution_y = 65536


def slow():
    """Minutes for a frame: something to cancel."""
    scene = tiny(1024)
    scene.cycles.samples = 100000


def image_format(file_format, **settings):
    scene = counter()
    set_format(scene.render.image_settings, file_format)
    for name, value in settings.items():
        setattr(scene.render.image_settings, name, value)
    return scene


def file_output_node():
    """Two nodes that would write to the same names, one of them outside the folder."""
    tree, layers = compositor(counter())
    for name, path in (('Beauty', '//'), ('Data', '/tmp/')):
        node = tree.nodes.new('CompositorNodeOutputFile')
        node.name = name
        if hasattr(node, 'directory'):  # from 5.0
            node.directory, node.file_name = path, ''
            node.file_output_items.new('RGBA', '../image')
        else:
            node.base_path = path
            node.file_slots[0].path = '../image'
        tree.links.new(layers.outputs['Image'], node.inputs[0])
    set_format(tree.nodes['Beauty'].format, 'PNG')
    set_format(tree.nodes['Data'].format, 'OPEN_EXR')


def awkward():
    """Every setting that would lead frames astray: where, which, and what they are called."""
    scene = counter()
    scene.frame_start, scene.frame_end, scene.frame_step = 100, 90, 5
    scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end = True, 3, 3
    scene.render.filepath = '//elsewhere/##-picture'
    scene.render.use_overwrite = False
    scene.render.use_placeholder = True
    scene.render.use_file_extension = False


def cropped():
    scene = counter()
    scene.render.use_border = scene.render.use_crop_to_border = True
    scene.render.border_min_x, scene.render.border_max_x = 0.1, 0.7


def half_size():
    scene = counter()
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 101, 51, 50


def stereo():
    scene = counter()
    scene.render.use_multiview = True
    scene.render.image_settings.views_format = 'INDIVIDUAL'


def side_by_side():
    scene = counter()
    scene.render.use_multiview = True
    scene.render.image_settings.views_format = 'STEREO_3D'
    scene.render.image_settings.stereo_3d_format.display_mode = 'SIDEBYSIDE'


MAKERS = {
    'tiny': tiny,
    'wide': wide,
    'counter': counter,
    'slow-counter': slow_counter,
    'cloth-counter': cloth_counter,
    'eevee': eevee,
    'big': big,
    'no-camera': no_camera,
    'render-error': render_error,
    'scripts': scripts,
    'freestyle-script': freestyle_script,
    'movie': movie,
    'too-large': too_large,
    'slow': slow,
    'jpeg': lambda: image_format('JPEG', quality=100),
    'png-16': lambda: image_format('PNG', color_mode='RGBA', color_depth='16'),
    'tiff': lambda: image_format('TIFF', tiff_codec='LZW'),
    'webp': lambda: image_format('WEBP', quality=100),
    'exr': lambda: image_format('OPEN_EXR', exr_codec='ZIP'),
    'exr-multilayer': lambda: image_format('OPEN_EXR_MULTILAYER', exr_codec='ZIP'),
    'file-output-node': file_output_node,
    'awkward': awkward,
    'cropped': cropped,
    'half-size': half_size,
    'stereo': stereo,
    'side-by-side': side_by_side,
}
MAKERS_IN_FOLDER = {'textured-linked': textured_linked, 'missing-texture': missing_texture}


def main(name, path):
    if name in MAKERS_IN_FOLDER:
        MAKERS_IN_FOLDER[name](os.path.dirname(path))
    else:
        MAKERS[name]()
    bpy.context.preferences.filepaths.save_version = 0
    bpy.ops.wm.save_as_mainfile(filepath=path, compress=False)


if __name__ == '__main__':
    main(*sys.argv[sys.argv.index('--') + 1 :])
