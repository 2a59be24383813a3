"""Fonts, volumes, caches and sounds that objects name; simulations, baked and not."""

import os
import shutil
import wave

import bpy
import scene_contents as contents
from corpus import GOOD, case, from_here


def text(scene):
    letters = bpy.data.objects.new('Words', bpy.data.curves.new('Words', 'FONT'))
    letters.data.body = 'Hello'
    scene.collection.objects.link(letters)
    return letters


def gone_font(path='//gone.ttf'):
    font = bpy.data.fonts.load(font_file(bpy.app.tempdir))
    font.filepath = path
    return font


def font_file(folder):
    """A copy of one of Blender's own."""
    source = os.path.join(bpy.utils.system_resource('DATAFILES'), 'fonts')
    if not os.path.isdir(source):
        source = os.path.join(os.path.dirname(source), 'fonts')
    return shutil.copy(os.path.join(source, min(os.listdir(source))), folder)


@case('asset-missing')
def font_gone(_):
    words = text(contents.tiny())
    words.data.font = gone_font()


@case('asset-missing')
def bold_font_gone(_):
    words = text(contents.tiny()).data
    words.font_bold = gone_font()
    words.body_format[0].use_bold = True


@case('asset-missing')
def volume_gone(_):
    scene = contents.tiny()
    volume = bpy.data.volumes.new('Smoke')
    volume.filepath = '//gone.vdb'
    scene.collection.objects.link(bpy.data.objects.new('Smoke', volume))


@case('asset-missing')
def mesh_cache_gone(_):
    contents.add_mesh_cache(contents.tiny().objects['Cube'], '//gone.mdd')


@case('asset-missing')
def alembic_gone(folder):
    cached(folder)
    os.remove(os.path.join(folder, 'moves.abc'))


@case('asset-missing')
def alembic_is_text(folder):
    """Or a build that reads none."""
    cached(folder)


@case('asset-missing')
def light_profile_gone(_):
    contents.add_light_profile(contents.tiny().objects['Sun'].data, '//gone.ies')


@case('asset-missing')
def baked_cloth_gone(_):
    """Baked to files beside the scene, which were not uploaded with it."""
    cloth()
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(bpy.app.tempdir, 'baked.blend'))
    cache = bpy.context.scene.objects['Cube'].modifiers[0].point_cache
    cache.use_disk_cache = True
    bake(cache)
    shutil.rmtree(os.path.join(bpy.app.tempdir, 'blendcache_baked'))


@case('asset-missing')
def external_cache_gone(_):
    cache = cloth().point_cache
    cache.use_external = True
    cache.filepath = '//cloth'


@case(GOOD)
def bold_font_that_nothing_uses(_):
    words = text(contents.tiny())
    words.data.font_bold = gone_font()


@case(GOOD)
def font_of_a_hidden_text(_):
    words = text(contents.tiny())
    words.hide_render = True
    words.data.font = gone_font()


@case(GOOD)
def mesh_cache_for_the_viewport(_):
    contents.add_mesh_cache(contents.tiny().objects['Cube'], '//gone.mdd').show_render = False


@case(GOOD)
def sound_gone(_):
    """No picture shows one."""
    scene = contents.tiny()
    sound = bpy.data.sounds.load(silence())
    sound.filepath = '//gone.wav'
    speaker = bpy.data.speakers.new('Voice')
    speaker.sound = sound
    scene.collection.objects.link(bpy.data.objects.new('Voice', speaker))


@case(GOOD)
def script_file_gone(_):
    """A text that lies outside is for who works on the scene."""
    contents.tiny()
    bpy.data.texts.new('notes').filepath = '//gone.py'


@case(GOOD, frames=(3, 2))
def cloth_not_baked(_):
    cloth()


@case(GOOD, frames=(3, 1))
def cloth_baked_into_the_scene(_):
    bake(cloth().point_cache)


@case(GOOD, frames=(2, 1))
def particles(_):
    contents.tiny().objects['Cube'].modifiers.new('Sparks', 'PARTICLE_SYSTEM')


@case(GOOD)
def hair(_):
    body = contents.tiny().objects['Cube']
    settings = body.modifiers.new('Hair', 'PARTICLE_SYSTEM').particle_system.settings
    settings.type, settings.count = 'HAIR', 20


@case(GOOD, frames=(2, 1))
def rigid_bodies(_):
    scene = contents.tiny()
    bpy.context.view_layer.objects.active = scene.objects['Cube']
    bpy.ops.rigidbody.world_add()
    bpy.ops.rigidbody.object_add()


@case(GOOD)
def nodes_of_geometry(_):
    """A modifier that makes a shape out of nothing."""
    scene = contents.tiny()
    group = bpy.data.node_groups.new('Shape', 'GeometryNodeTree')
    if hasattr(group, 'interface'):
        group.interface.new_socket('Geometry', in_out='OUTPUT', socket_type='NodeSocketGeometry')
    else:
        group.outputs.new('NodeSocketGeometry', 'Geometry')
    cone, output = group.nodes.new('GeometryNodeMeshCone'), group.nodes.new('NodeGroupOutput')
    group.links.new(cone.outputs['Mesh'], output.inputs[0])
    scene.objects['Cube'].modifiers.new('Shape', 'NODES').node_group = group


if from_here((4, 3)):

    @case('asset-missing', frames=(1, 2))
    def simulation_zone_whose_bake_is_gone(_):
        """It was baked to a folder beside the scene."""
        modifier = simulation_zone()
        modifier.bake_target, modifier.bake_directory = 'DISK', '//gone'

    @case('asset-missing', frames=(1, 2))
    def simulation_zone_whose_own_folder_is_gone(_):
        bake = simulation_zone().bakes[0]
        bake.bake_target, bake.use_custom_path, bake.directory = 'DISK', True, '//gone'

    @case(GOOD, frames=(1, 2))
    def simulation_zone_with_its_bake(folder):
        modifier = simulation_zone()
        bake = modifier.bakes[0]
        modifier.bake_target, modifier.bake_directory = 'DISK', os.path.join(folder, 'bake')
        bpy.context.scene.frame_end = 2
        with bpy.context.temp_override(object=bpy.data.objects['Cube']):
            bpy.ops.object.geometry_node_bake_single(
                session_uid=bpy.data.objects['Cube'].session_uid, modifier_name=modifier.name, bake_id=bake.bake_id
            )
        assert os.listdir(os.path.join(folder, 'bake', str(bake.bake_id)))
        modifier.bake_directory = '//bake'

    @case(GOOD, frames=(1, 2))
    def simulation_zone_baked_into_the_scene_or_not_at_all(_):
        simulation_zone().bake_target = 'PACKED'


def simulation_zone():
    scene = contents.tiny()
    group = bpy.data.node_groups.new('Zone', 'GeometryNodeTree')
    for in_out in ('INPUT', 'OUTPUT'):
        group.interface.new_socket('Geometry', in_out=in_out, socket_type='NodeSocketGeometry')
    names = ('NodeGroupInput', 'GeometryNodeSimulationInput', 'GeometryNodeSimulationOutput', 'NodeGroupOutput')
    nodes = [group.nodes.new(name) for name in names]
    nodes[1].pair_with_output(nodes[2])
    for before, after in zip(nodes, nodes[1:]):
        group.links.new(before.outputs['Geometry'], after.inputs['Geometry'])
    modifier = scene.objects['Cube'].modifiers.new('Zone', 'NODES')
    modifier.node_group = group
    return modifier


def cloth():
    scene = contents.tiny()
    scene.frame_end = 5
    modifier = scene.objects['Cube'].modifiers.new('Cloth', 'CLOTH')
    modifier.point_cache.frame_end = 5
    return modifier


def bake(cache):
    if hasattr(bpy.context, 'temp_override'):
        with bpy.context.temp_override(point_cache=cache):
            bpy.ops.ptcache.bake(bake=True)
    else:
        bpy.ops.ptcache.bake({'point_cache': cache}, bake=True)


def cached(folder):
    """The shape of a cube comes from a file, which holds nothing of the kind."""
    path = os.path.join(folder, 'moves.abc')
    with open(path, 'w') as file:
        file.write('no archive\n')
    modifier = contents.tiny().objects['Cube'].modifiers.new('Moves', 'MESH_SEQUENCE_CACHE')
    bpy.ops.cachefile.open(filepath=path)
    modifier.cache_file, modifier.object_path = bpy.data.cache_files[0], '/Cube'
    bpy.data.cache_files[0].filepath = '//moves.abc'


def silence():
    path = os.path.join(bpy.app.tempdir, 'silence.wav')
    with wave.open(path, 'wb') as sound:
        sound.setparams((1, 2, 8000, 0, 'NONE', ''))
        sound.writeframes(bytes(16000))
    return path
