"""Image formats, and nodes that write files of their own."""

import contextlib

import bpy
import scene_contents as contents
import scene_outputs as outputs
from corpus import GOOD, case


def in_format(file_format, **settings):
    return outputs.image_format(file_format, **settings)


@case('movie-format')
def movie(_):
    outputs.movie()


@case('movie-format')
def movie_with_sequencer(folder):
    contents.image_strip(folder)
    outputs.set_format(bpy.context.scene.render.image_settings, 'FFMPEG')


@case('render-error')
def files_called_like_folders(_):
    """File Output nodes that are called like the frames."""
    contents.render_error()


@case('resolution-too-large')
def wider_than_a_webp_can_be(_):
    render = in_format('WEBP').render
    render.resolution_x, render.resolution_y = 16400, 4


@case('resolution-too-large')
def wider_than_a_jpeg_can_be(_):
    render = in_format('JPEG').render
    render.resolution_x, render.resolution_y = 65532, 4


@case(GOOD)
def png_of_16_bits(_):
    in_format('PNG', color_mode='RGBA', color_depth='16').render.film_transparent = True


@case(GOOD)
def png_in_grey(_):
    in_format('PNG', color_mode='BW')


@case(GOOD, files=['0001.jpg'])
def jpeg(_):
    in_format('JPEG', quality=100)


@case(GOOD, files=['0001.tif'])
def tiff(_):
    in_format('TIFF', color_depth='16')


@case(GOOD, files=['0001.webp'])
def webp(_):
    in_format('WEBP')


@case(GOOD, files=['0001.exr'])
def exr(_):
    in_format('OPEN_EXR', exr_codec='DWAA', color_depth='32')


@case(GOOD, files=['0001.exr'])
def exr_of_many_layers(_):
    scene = in_format('OPEN_EXR_MULTILAYER')
    layer = scene.view_layers.new('Second')
    layer.use_pass_z = layer.use_pass_normal = True


@case(GOOD, files=['0001.exr'])
def exr_of_both_eyes(_):
    render = in_format('OPEN_EXR_MULTILAYER').render
    render.use_multiview = True
    render.image_settings.views_format = 'MULTIVIEW'


@case(GOOD, files=['0001.tga'])
def targa(_):
    in_format('TARGA')


@case(GOOD, files=['0001.bmp'])
def bmp(_):
    in_format('BMP')


@case(GOOD, files=['0001.hdr'])
def radiance(_):
    in_format('HDR')


@case(GOOD, files=['0001.dpx'])
def dpx(_):
    in_format('DPX')


@case(GOOD, files=['0001.png', 'Beauty/_image0001.png', 'Data/_image0001.exr'])
def file_output_nodes(_):
    outputs.file_output_node()


@case(GOOD)
def file_output_node_muted(_):
    file_output_nodes(_)
    with contextlib.suppress(AttributeError):
        scene = bpy.context.scene
        tree = getattr(scene, 'compositing_node_group', None) or scene.node_tree
        for name in ('Beauty', 'Data'):
            tree.nodes[name].mute = True


LONG = 'x' * 63 + '/' + 'x' * 100 + '0001.png'


@case(GOOD, files=['0001.png', 'Beauty/_image0001.png', 'Data/_image0001.exr', LONG])
def file_output_node_with_a_long_name(_):
    """Longer than a file's name can be."""
    file_output_nodes(_)
    scene = bpy.context.scene
    tree = getattr(scene, 'compositing_node_group', None) or scene.node_tree
    node = tree.nodes.new('CompositorNodeOutputFile')
    node.name = 'x' * 63
    if hasattr(node, 'directory'):
        node.directory, node.file_name = '//', ''
        node.file_output_items.new('RGBA', 'x' * 300)
    else:
        node.base_path = '//'
        node.file_slots[0].path = 'x' * 300
    outputs.set_format(node.format, 'PNG')
    layers = next(each for each in tree.nodes if each.type == 'R_LAYERS')
    tree.links.new(layers.outputs['Image'], node.inputs[0])


@case('movie-format')
def avi(_):
    """Gone from 4.2 on."""
    try:
        in_format('AVI_JPEG')
    except TypeError:
        outputs.movie()
