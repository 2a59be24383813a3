"""Pictures that nodes name, there or not, shown or not."""

import os

import bpy
import scene_contents as contents
from corpus import GOOD, case

GONE = '//textures/gone.png'


def save_picture(path, size=8):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    image = bpy.data.images.new('Picture', size, size)
    image.generated_type = 'COLOR_GRID'
    image.filepath_raw, image.file_format = path, 'PNG'
    image.save()
    bpy.data.images.remove(image)


def gone_image(path=GONE, source='FILE'):
    image = bpy.data.images.new('Gone', 8, 8)
    image.source, image.filepath = source, path
    return image


def present_image(folder, name='here.png'):
    save_picture(os.path.join(folder, 'textures', name))
    return gone_image('//textures/' + name)


def paint(body, image):
    """A material that shows the picture: its texture node."""
    material = bpy.data.materials.new('Painted')
    material.use_nodes = True
    body.data.materials.append(material)
    body.data.uv_layers.new()  # for tiles: Blender 3.4 crashes without
    nodes = material.node_tree.nodes
    texture = nodes.new('ShaderNodeTexImage')
    texture.image = image
    material.node_tree.links.new(texture.outputs['Color'], nodes['Principled BSDF'].inputs['Base Color'])
    return texture


def painted(image_of=gone_image, scene=None):
    scene = scene or contents.tiny()
    body = scene.objects['Cube']
    return scene, body, paint(body, image_of())


@case('asset-missing')
def texture_gone(_):
    painted()


@case('asset-missing')
def texture_by_another_machines_path(_):
    painted(lambda: gone_image('/home/somebody/projects/wood.png'))


@case('asset-missing')
def texture_by_a_windows_path(_):
    painted(lambda: gone_image('C:\\Users\\somebody\\wood.png'))


@case('asset-missing')
def texture_is_a_folder(folder):
    os.makedirs(os.path.join(folder, 'textures', 'gone.png'))
    painted()


@case('asset-missing')
def texture_is_empty(folder):
    os.makedirs(os.path.join(folder, 'textures'))
    with open(os.path.join(folder, 'textures', 'gone.png'), 'wb'):
        pass
    painted()


@case('asset-missing')
def texture_is_text(folder):
    os.makedirs(os.path.join(folder, 'textures'))
    with open(os.path.join(folder, 'textures', 'gone.png'), 'w') as file:
        file.write('version https://git-lfs.github.com/spec/v1\n')
    painted()


@case('asset-missing')
def texture_packed_and_broken(_):
    scene = contents.tiny()
    image = bpy.data.images.new('Broken', 8, 8)
    image.source, image.filepath = 'FILE', '//broken.png'
    image.pack(data=b'no picture at all', data_len=17)
    paint(scene.objects['Cube'], image)


@case('asset-missing')
def texture_in_a_node_group(_):
    _scene, body, _texture = painted(lambda: None)
    group = bpy.data.node_groups.new('Group', 'ShaderNodeTree')
    inner, output = group.nodes.new('ShaderNodeTexImage'), group.nodes.new('NodeGroupOutput')
    inner.image = gone_image()
    if hasattr(group, 'interface'):
        group.interface.new_socket('Color', in_out='OUTPUT', socket_type='NodeSocketColor')
    else:
        group.outputs.new('NodeSocketColor', 'Color')
    group.links.new(inner.outputs['Color'], output.inputs[0])
    tree = body.data.materials[0].node_tree
    node = tree.nodes.new('ShaderNodeGroup')
    node.node_tree = group
    tree.links.new(node.outputs[0], tree.nodes['Principled BSDF'].inputs['Base Color'])


@case('asset-missing')
def texture_hidden_in_the_viewport_only(_):
    _, body, _ = painted()
    body.hide_viewport = True


@case('asset-missing')
def texture_of_an_object_that_appears(_):
    """Hidden at first, and its visibility is animated."""
    _, body, _ = painted()
    body.hide_render = True
    body.keyframe_insert('hide_render', frame=1)
    body.hide_render = False
    body.keyframe_insert('hide_render', frame=5)
    body.hide_render = True


@case('asset-missing')
def texture_of_an_instance(_):
    """An empty shows a collection that is in no scene."""
    scene = contents.tiny()
    collection = bpy.data.collections.new('Props')
    body = bpy.data.objects.new('Prop', contents.cube_mesh('Prop'))
    collection.objects.link(body)
    paint(body, gone_image())
    empty = bpy.data.objects.new('Instance', None)
    empty.instance_type, empty.instance_collection = 'COLLECTION', collection
    scene.collection.objects.link(empty)


@case('asset-missing')
def texture_of_the_world(_):
    contents.texture_world(contents.tiny(), gone_image())


@case('asset-missing')
def texture_of_the_override(_):
    """The view layer gives all objects one material."""
    scene, body, _ = painted()
    scene.view_layers[0].material_override = body.data.materials[0]
    body.data.materials.clear()


@case('asset-missing')
def texture_of_a_displacement(_):
    scene = contents.tiny()
    texture = bpy.data.textures.new('Bumps', 'IMAGE')
    texture.image = gone_image()
    scene.objects['Cube'].modifiers.new('Displace', 'DISPLACE').texture = texture


@case('asset-missing')
def texture_in_another_rendered_scene(_):
    """The compositor takes it in."""
    scene = contents.tiny()
    other = bpy.data.scenes.new('Other')
    other.render.engine = 'CYCLES'
    other.cycles.use_denoising = False
    contents.add_camera(other)
    paint(contents.add_mesh(other, contents.cube_mesh('Far')), gone_image())
    _, layers = contents.compositor(scene)
    layers.scene = other


@case('asset-missing')
def texture_of_a_geometry(_):
    """Nodes of a modifier take it as their input."""
    scene = contents.tiny()
    group = bpy.data.node_groups.new('Bumps', 'GeometryNodeTree')
    texture, place = group.nodes.new('GeometryNodeImageTexture'), group.nodes.new('GeometryNodeSetPosition')
    cone, output = group.nodes.new('GeometryNodeMeshCone'), group.nodes.new('NodeGroupOutput')
    if hasattr(group, 'interface'):
        group.interface.new_socket('Geometry', in_out='OUTPUT', socket_type='NodeSocketGeometry')
    else:
        group.outputs.new('NodeSocketGeometry', 'Geometry')
    texture.inputs['Image'].default_value = gone_image()
    group.links.new(cone.outputs['Mesh'], place.inputs['Geometry'])
    group.links.new(texture.outputs['Color'], place.inputs['Offset'])
    group.links.new(place.outputs['Geometry'], output.inputs[0])
    scene.objects['Cube'].modifiers.new('Bumps', 'NODES').node_group = group


@case('asset-missing', frames=(2, 3))
def composed_sequence_with_a_gap(folder):
    for number in (1, 2, 4, 5):
        save_picture(os.path.join(folder, 'film', f'{number:02d}.png'))
    node = compose_picture(contents.tiny(), gone_image('//film/01.png', 'SEQUENCE'))
    node.frame_duration, node.frame_start = 5, 1


@case('asset-missing')
def tile_gone(folder):
    save_picture(os.path.join(folder, 'tiles', 'wood.1001.png'))
    painted(lambda: tiled())


@case('asset-missing', frames=(2, 3))
def sequence_with_a_gap(folder):
    sequence(folder, (1, 2, 4, 5))


@case(GOOD, frames=(4, 2))
def sequence_with_a_gap_elsewhere(folder):
    sequence(folder, (1, 2, 4, 5))


@case(GOOD, frames=(1, 2))
def sequence_that_repeats(folder):
    """Five pictures, of which frame 6 shows the first again."""
    sequence(folder, (1, 2), length=2).use_cyclic = True


@case(GOOD, frames=(8, 1))
def sequence_that_is_over(folder):
    """Its last picture stands."""
    sequence(folder, (1, 2, 3), length=3)


@case('asset-missing')
def movie_gone(_):
    painted(lambda: gone_image('//gone.mp4', 'MOVIE'))


@case('asset-missing')
def clip_gone(_):
    compose_clip(contents.tiny())


@case('asset-missing')
def composed_picture_gone(_):
    compose_picture(contents.tiny(), gone_image())


@case(GOOD)
def texture_there(folder):
    painted(lambda: present_image(folder))


@case(GOOD)
def texture_packed(folder):
    scene = contents.tiny()
    image = present_image(folder)
    image.filepath = os.path.join(folder, 'textures', 'here.png')
    image.pack()
    image.filepath = GONE
    paint(scene.objects['Cube'], image)


@case(GOOD)
def texture_with_a_strange_name(folder):
    painted(lambda: present_image(folder, 'größe 50% "x" #01 {a}.png'))


@case(GOOD)
def texture_that_nothing_uses(_):
    contents.tiny()
    gone_image().use_fake_user = True


@case(GOOD)
def texture_in_another_scene(_):
    contents.tiny()
    paint(contents.add_mesh(bpy.data.scenes.new('Other'), contents.cube_mesh('Far')), gone_image())


@case(GOOD)
def texture_of_a_hidden_object(_):
    painted()[1].hide_render = True


@case(GOOD)
def texture_in_a_hidden_collection(_):
    put_into_collection(painted()[1]).hide_render = True


@case(GOOD)
def texture_in_an_excluded_collection(_):
    put_into_collection(painted()[1])
    bpy.context.scene.view_layers[0].layer_collection.children['Away'].exclude = True


@case(GOOD)
def texture_of_a_muted_node(_):
    painted()[2].mute = True


@case(GOOD)
def texture_of_a_muted_link(_):
    _, body, texture = painted()
    tree = body.data.materials[0].node_tree
    next(link for link in tree.links if link.from_node == texture).is_muted = True


@case(GOOD)
def texture_of_an_unlinked_node(_):
    _, body, texture = painted()
    tree = body.data.materials[0].node_tree
    tree.links.remove(next(link for link in tree.links if link.from_node == texture))


@case(GOOD)
def texture_behind_an_inactive_output(_):
    """Another output of the material is the one that counts."""
    _, body, texture = painted()
    tree = body.data.materials[0].node_tree
    tree.links.remove(next(link for link in tree.links if link.from_node == texture))
    output = tree.nodes.new('ShaderNodeOutputMaterial')
    tree.links.new(texture.outputs['Color'], output.inputs['Surface'])
    output.is_active_output = False
    tree.nodes['Material Output'].is_active_output = True


@case(GOOD)
def texture_of_a_displacement_for_the_viewport(_):
    texture_of_a_displacement(_)
    bpy.context.scene.objects['Cube'].modifiers[0].show_render = False


@case(GOOD)
def texture_in_workbench(_):
    """That shows plain colours."""
    painted()[0].render.engine = 'BLENDER_WORKBENCH'


@case(GOOD)
def texture_of_a_brush(_):
    contents.tiny()
    texture = bpy.data.textures.new('Brush', 'IMAGE')
    texture.image = gone_image()
    bpy.data.brushes.new('Mine').texture = texture


@case(GOOD)
def picture_behind_the_camera(_):
    """Shown in the viewport only."""
    camera = contents.tiny().camera.data
    camera.show_background_images = True
    camera.background_images.new().image = gone_image()


@case(GOOD)
def picture_of_an_empty(_):
    scene = contents.tiny()
    empty = bpy.data.objects.new('Reference', None)
    empty.empty_display_type, empty.data = 'IMAGE', gone_image()
    scene.collection.objects.link(empty)


@case(GOOD)
def tiles_there(folder):
    for number in (1001, 1002):
        save_picture(os.path.join(folder, 'tiles', f'wood.{number}.png'))
    painted(tiled)


@case(GOOD)
def composed_picture_muted(_):
    compose_picture(contents.tiny(), gone_image()).mute = True


@case(GOOD)
def composed_picture_without_compositing(_):
    scene = contents.tiny()
    compose_picture(scene, gone_image())
    scene.render.use_compositing = False


@case(GOOD)
def composed_picture_for_the_viewer(_):
    """Only who works on the scene sees it."""
    tree, _ = contents.compositor(contents.tiny())
    source, viewer = tree.nodes.new('CompositorNodeImage'), tree.nodes.new('CompositorNodeViewer')
    source.image = gone_image()
    tree.links.new(source.outputs['Image'], viewer.inputs['Image'])


@case(GOOD)
def clip_that_nothing_uses(folder):
    compose_clip(contents.tiny()).mute = True


def tiled():
    image = bpy.data.images.new('Wood', 8, 8, tiled=True)
    image.tiles.new(1002)
    image.filepath = '//tiles/wood.<UDIM>.png'
    return image


def sequence(folder, numbers, length=5):
    for number in numbers:
        save_picture(os.path.join(folder, 'film', f'shot_{number:03d}.png'))
    _, _, texture = painted(lambda: gone_image('//film/shot_001.png', 'SEQUENCE'))
    user = texture.image_user
    user.frame_start, user.frame_duration, user.frame_offset, user.use_auto_refresh = 1, length, 0, True
    return user


def put_into_collection(body):
    collection = bpy.data.collections.new('Away')
    bpy.context.scene.collection.children.link(collection)
    bpy.context.scene.collection.objects.unlink(body)
    collection.objects.link(body)
    return collection


def mixed(scene, node):
    """The compositor shows the rendered picture and that of `node`, mixed."""
    tree, layers = contents.compositor(scene)
    mix = tree.nodes.new('CompositorNodeAlphaOver')
    shown = next(each for each in tree.nodes if each.type in ('COMPOSITE', 'GROUP_OUTPUT'))
    source = tree.nodes.new(node)
    pictures = [socket for socket in mix.inputs if socket.type == 'RGBA']
    tree.links.new(layers.outputs['Image'], pictures[0])
    tree.links.new(source.outputs['Image'], pictures[1])
    tree.links.new(mix.outputs['Image'], shown.inputs[0])
    return source


def compose_picture(scene, image):
    node = mixed(scene, 'CompositorNodeImage')
    node.image = image
    return node


def compose_clip(scene):
    path = os.path.join(bpy.app.tempdir, 'clip.png')
    save_picture(path)
    clip = bpy.data.movieclips.load(path)
    clip.filepath = '//gone.mp4'
    node = mixed(scene, 'CompositorNodeMovieClip')
    node.clip = clip
    return node
