"""Test scenes by what they say of their pictures: format, size, names, how many. All of them show what `counter` shows."""

from scene_contents import compositor, counter


def image_format(file_format, **settings):
    scene = counter()
    set_format(scene.render.image_settings, file_format)
    for name, value in settings.items():
        setattr(scene.render.image_settings, name, value)
    return scene


def set_format(settings, file_format):
    """From 5.0 on the format depends on the kind of output."""
    if hasattr(settings, 'media_type'):
        kinds = {'FFMPEG': 'VIDEO', 'OPEN_EXR_MULTILAYER': 'MULTI_LAYER_IMAGE'}
        settings.media_type = kinds.get(file_format, 'IMAGE')
    settings.file_format = file_format


def movie():
    scene = counter()
    set_format(scene.render.image_settings, 'FFMPEG')


def too_large():
    scene = counter()
    scene.render.resolution_x = scene.render.resolution_y = 65536


def half_size():
    scene = counter()
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 101, 51, 50


def cropped():
    scene = counter()
    scene.render.use_border = scene.render.use_crop_to_border = True
    scene.render.border_min_x, scene.render.border_max_x = 0.1, 0.7


def stereo():
    scene = counter()
    scene.render.use_multiview = True
    scene.render.image_settings.views_format = 'INDIVIDUAL'


def side_by_side():
    scene = counter()
    scene.render.use_multiview = True
    scene.render.image_settings.views_format = 'STEREO_3D'
    scene.render.image_settings.stereo_3d_format.display_mode = 'SIDEBYSIDE'


def awkward():
    """Every setting that would lead frames astray: where, which, and what they are called."""
    scene = counter()
    scene.frame_start, scene.frame_end, scene.frame_step = 100, 90, 5
    scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end = True, 3, 3
    scene.render.filepath = '//elsewhere/##-picture'
    scene.render.use_overwrite = False
    scene.render.use_placeholder = True
    scene.render.use_file_extension = False


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
