"""What a scene says about its picture: camera, engine, size, layers, frames, names."""

import ctypes

import bpy
import scene_contents as contents
import scene_outputs as outputs
from corpus import GOOD, case, from_here, saved_bytes


def build_has(feature):
    import _cycles

    return getattr(_cycles, 'with_' + feature)


@case('no-camera')
def no_camera(_):
    contents.no_camera()


@case('no-camera')
def composed_scene_without_camera(_):
    scene = contents.tiny()
    _, layers = contents.compositor(scene)
    layers.scene = bpy.data.scenes.new('Other')


@case('engine-missing')
def engine_of_an_add_on(_):
    scene = contents.tiny()

    class Engine(bpy.types.RenderEngine):
        bl_idname, bl_label = 'LUXCORE', 'An add-on'

    bpy.utils.register_class(Engine)
    scene.render.engine = 'LUXCORE'
    whole = saved_bytes(compress=False)
    bpy.utils.unregister_class(Engine)
    return whole


@case('engine-missing')
def node_of_an_add_on(_):
    """In a material, between the shader and its colour."""
    with_node_of_an_add_on(linked=True)


@case(GOOD)
def node_of_an_add_on_unlinked(_):
    with_node_of_an_add_on(linked=False)


@case(GOOD if build_has('osl') else 'engine-missing')
def shader_in_a_script(_):
    """Open Shading Language, which not every build has."""
    script(contents.tiny())


@case(GOOD)
def shader_in_a_script_switched_off(_):
    scene = contents.tiny()
    script(scene)
    scene.cycles.shading_system = False


@case(GOOD if build_has('openimagedenoise') else 'denoiser-missing')
def denoising(_):
    contents.tiny().cycles.use_denoising = True


@case(GOOD if build_has('openimagedenoise') else 'denoiser-missing')
def denoising_in_the_compositor(_):
    denoise_node()


@case(GOOD)
def denoising_node_muted(_):
    denoise_node().mute = True


@case(GOOD)
def denoising_for_the_viewport(_):
    contents.tiny().cycles.use_preview_denoising = True


@case(GOOD)
def denoising_not_on_this_layer(_):
    scene = contents.tiny()
    scene.cycles.use_denoising = True
    scene.view_layers[0].cycles.use_denoising = False


@case(GOOD)
def denoising_in_workbench(_):
    scene = contents.tiny()
    scene.cycles.use_denoising = True
    scene.render.engine = 'BLENDER_WORKBENCH'


@case('gpu-missing', useGpu=True, gpuMissing='fail')
def gpu_wanted(_):
    contents.tiny()


@case(GOOD, useGpu=True)
def gpu_wished_for(_):
    contents.tiny().cycles.device = 'GPU'


@case('resolution-too-large')
def resolution_huge(_):
    outputs.too_large()


@case('resolution-too-large')
def resolution_huge_by_percentage(_):
    scene = contents.tiny()
    scene.render.resolution_x = scene.render.resolution_y = 20000
    scene.render.resolution_percentage = 200


@case(GOOD)
def resolution_huge_but_reduced(_):
    scene = contents.counter()
    scene.render.resolution_x = scene.render.resolution_y = 20000
    scene.render.resolution_percentage = 1


@case('nothing-to-render')
def resolution_of_nothing(_):
    contents.tiny().render.resolution_percentage = 1


@case('nothing-to-render')
def border_without_area(_):
    render = contents.tiny().render
    render.use_border, render.border_min_x, render.border_max_x = True, 0.5, 0.5


@case(GOOD)
def border(_):
    render = contents.tiny().render
    render.use_border, render.border_min_x, render.border_max_x = True, 0.2, 0.5


@case(GOOD)
def border_cropped(_):
    outputs.cropped()


@case('nothing-to-render')
def no_view_layer(_):
    contents.tiny().view_layers[0].use = False


@case(GOOD)
def second_view_layer(_):
    scene = contents.tiny()
    scene.view_layers.new('Second')
    scene.view_layers[0].use = False


@case('nothing-to-render')
def compositor_without_nodes(_):
    tree, _ = contents.compositor(contents.tiny())
    for node in list(tree.nodes):
        tree.nodes.remove(node)


@case(GOOD)
def compositor_without_output(_):
    """Blender shows what the camera sees."""
    tree, _ = contents.compositor(contents.tiny())
    tree.nodes.remove(next(node for node in tree.nodes if node.type in ('COMPOSITE', 'GROUP_OUTPUT')))


@case(GOOD)
def compositor_and_no_camera(folder):
    """It shows a picture that is in the scene."""
    scene = contents.no_camera()
    tree, layers = contents.compositor(scene)
    source = tree.nodes.new('CompositorNodeImage')
    source.image = bpy.data.images.new('Red', 64, 64)
    source.image.pack()
    shown = next(each for each in tree.nodes if each.type in ('COMPOSITE', 'GROUP_OUTPUT'))
    tree.links.new(source.outputs['Image'], shown.inputs[0])
    tree.nodes.remove(layers)


@case(GOOD, frames=(4, 3))
def cameras_of_markers(_):
    scene = contents.counter()
    scene.timeline_markers.new('cut', frame=5).camera = contents.add_camera(scene)
    scene.camera = None


@case('no-camera')
def camera_that_is_not_active(_):
    contents.tiny().camera = None


@case(GOOD)
def camera_hidden(_):
    contents.tiny().camera.hide_render = True


@case(GOOD)
def nothing_but_a_camera(_):
    contents.add_camera(contents.empty_scene())


@case(GOOD)
def no_world(_):
    contents.tiny().world = None


@case(GOOD)
def second_scene_is_open(_):
    contents.no_camera()
    scene = bpy.data.scenes.new('Zweite Szene')
    scene.render.engine, scene.cycles.use_denoising, scene.cycles.samples = 'CYCLES', False, 1
    scene.render.resolution_x = scene.render.resolution_y = 32
    contents.add_camera(scene)
    bpy.context.window.scene = scene


@case(GOOD)
def eevee(_):
    contents.eevee()


@case(GOOD)
def workbench(_):
    contents.tiny().render.engine = 'BLENDER_WORKBENCH'


@case(GOOD, files=['0001_L.png', '0001_R.png'])
def stereo(_):
    outputs.stereo()


@case(GOOD, files=['0001_L.png'] if from_here((5, 0, 0)) else None)
def stereo_with_one_eye(_):
    outputs.stereo()
    bpy.context.scene.render.views['right'].use = False


@case(GOOD)
def stereo_side_by_side(_):
    outputs.side_by_side()


@case(GOOD, frames=(1, 3))
def every_setting_that_leads_astray(_):
    outputs.awkward()


@case(GOOD, frames=(1, 3))
def every_tenth_frame(_):
    contents.counter().frame_step = 10


@case(GOOD, frames=(9999, 2))
def frames_of_five_digits(_):
    contents.counter()


@case(GOOD, frames=(0, 1))
def frame_zero(_):
    contents.counter()


@case(GOOD, frames=(300, 1))
def frame_beyond_the_end(_):
    contents.counter().frame_end = 10


@case(GOOD)
def negative_frames_in_the_scene(_):
    bpy.context.preferences.edit.use_negative_frames = True
    scene = contents.counter()
    scene.use_preview_range, scene.frame_preview_start = True, -10
    scene.frame_current = -5


@case('frame-out-of-range', frames=(1_048_574, 2))
def frame_that_blender_does_not_have(_):
    contents.counter()


@case(GOOD)
def output_template(_):
    contents.counter().render.filepath = '//{blend_name}/{camera_name}-%04d-####-$(date)'


@case(GOOD)
def output_to_somewhere_else(_):
    contents.counter().render.filepath = '/proc/../../etc/cron.d/'


@case(GOOD, name='größe 50% "x" \'y\' #01 {a} $(b) ;.blend')
def strange_file_name(_):
    contents.counter()


@case(GOOD)
def strange_names_inside(_):
    scene = contents.tiny()
    scene.name, scene.view_layers[0].name, scene.camera.name = 'Szene "ü" 50%', '層 {x}', '../Camera\n'


@case(GOOD)
def stamp(_):
    render = contents.counter().render
    render.use_stamp, render.use_stamp_note, render.stamp_note_text = True, True, 'größe'


@case(GOOD)
def persistent_data(_):
    contents.persistent_data()


@case(GOOD)
def motion_blur(_):
    contents.tiny().render.use_motion_blur = True


@case(GOOD)
def freestyle_lines(_):
    scene = contents.tiny()
    scene.render.use_freestyle = True
    settings = scene.view_layers[0].freestyle_settings
    lines = settings.linesets[0] if settings.linesets else settings.linesets.new('Lines')
    lines.linestyle = bpy.data.linestyles.new('Plain')


@case(GOOD)
def freestyle_script(_):
    contents.freestyle_script()


@case('scripts-blocked', blockedScripts='fail')
def freestyle_script_refused(_):
    contents.freestyle_script()


@case(GOOD)
def scripts(_):
    contents.scripts()


@case('scripts-blocked', blockedScripts='fail')
def scripts_refused(_):
    contents.scripts()


@case(GOOD)
def script_that_would_end_blender(_):
    contents.counter()
    text = bpy.data.texts.new('end.py')
    text.write('import os\nos._exit(0)\n')
    text.use_module = True


@case(GOOD, frames=(1, 2))
def handler_that_would_stay(_):
    contents.counter()
    text = bpy.data.texts.new('handler.py')
    text.write(
        'import bpy\n@bpy.app.handlers.persistent\ndef spoil(scene): scene.render.resolution_x = 1\n'
        'bpy.app.handlers.frame_change_pre.append(spoil)\n'
    )
    text.use_module = True


@case('asset-missing')
def view_of_another_configuration(_):
    """Made with a colour configuration (OCIO) that is not here."""
    unknown_view(contents.tiny())


@case('asset-missing')
def look_of_another_configuration(_):
    write_name(contents.tiny().view_settings, 'None', 'Print')


@case('asset-missing')
def display_of_another_configuration(_):
    display = contents.tiny().display_settings
    write_name(display, display.display_device, 'P3D')


@case(GOOD, missingAssets='warn')
def view_of_another_configuration_wanted_all_the_same(_):
    unknown_view(contents.tiny())


@case(GOOD, files=['0001.exr'])
def view_of_another_configuration_for_linear_light(_):
    scene = contents.tiny()
    scene.render.image_settings.file_format = 'OPEN_EXR'
    unknown_view(scene)


@case(GOOD)
def view_of_its_own(_):
    contents.tiny().view_settings.view_transform = 'Standard'


def unknown_view(scene):
    scene.view_settings.view_transform = 'Standard'
    write_name(scene.view_settings, 'Standard', 'RRT')


def write_name(settings, name, other):
    """Into its memory: Blender takes only what it knows."""
    address = settings.as_pointer()
    at = ctypes.string_at(address, 192).index(name.encode() + b'\0')
    ctypes.memmove(address + at, other.encode() + b'\0', len(other) + 1)


class Noise(bpy.types.ShaderNode):
    """What an add-on brings along."""

    bl_idname, bl_label = 'AddOnNoise', 'Noise'

    def init(self, _):
        self.outputs.new('NodeSocketColor', 'Color')


def with_node_of_an_add_on(linked):
    scene = contents.tiny()
    if not Noise.is_registered:
        bpy.utils.register_class(Noise)
    material = bpy.data.materials.new('Noisy')
    material.use_nodes = True
    scene.objects['Cube'].data.materials.append(material)
    tree = material.node_tree
    node = tree.nodes.new('AddOnNoise')
    if linked:
        tree.links.new(node.outputs[0], tree.nodes['Principled BSDF'].inputs['Base Color'])


def script(scene):
    material = bpy.data.materials.new('Scripted')
    material.use_nodes = True
    scene.objects['Cube'].data.materials.append(material)
    scene.cycles.shading_system = True
    tree = material.node_tree
    node = tree.nodes.new('ShaderNodeScript')
    node.script = bpy.data.texts.new('shader.osl')
    node.script.write('shader plain(output color Out = color(1, 0, 0)) { Out = color(0, 1, 0); }\n')
    if not node.outputs:
        node.outputs.new('NodeSocketColor', 'Out')
    tree.links.new(node.outputs[0], tree.nodes['Principled BSDF'].inputs['Base Color'])


def denoise_node():
    scene = contents.tiny()
    tree, layers = contents.compositor(scene)
    node = tree.nodes.new('CompositorNodeDenoise')
    shown = next(each for each in tree.nodes if each.type in ('COMPOSITE', 'GROUP_OUTPUT'))
    tree.links.new(layers.outputs['Image'], node.inputs['Image'])
    tree.links.new(node.outputs['Image'], shown.inputs[0])
    return node
