"""What lies beside a scene, in folders of its own: a worker finds it below the scene's folder in storage."""

import os

import bpy
import scene_contents as contents
from corpus import GOOD, case
from files_of_nodes import gone_image, paint, painted, present_image, save_picture
from files_of_objects import bake, cloth, font_file, text
from libraries import library, linking


@case(GOOD)
def font_there(folder):
    words = text(contents.tiny())
    os.makedirs(at(folder, 'fonts'))
    words.data.font = bpy.data.fonts.load(font_file(at(folder, 'fonts')))
    words.data.font.filepath = '//fonts/' + os.path.basename(words.data.font.filepath)


@case(GOOD)
def baked_cloth_there(folder):
    """Baked to files in the folder that Blender names after the scene."""
    cloth()
    bpy.ops.wm.save_as_mainfile(filepath=at(folder, 'baked-cloth-there.blend'))
    cache = bpy.context.scene.objects['Cube'].modifiers[0].point_cache
    cache.use_disk_cache = True
    bake(cache)


@case(GOOD)
def external_cache_there(folder):
    """Files of a bake, in a folder that the modifier names."""
    cloth()
    bpy.ops.wm.save_as_mainfile(filepath=at(folder, 'cloth.blend'))
    cache = bpy.context.scene.objects['Cube'].modifiers[0].point_cache
    cache.use_disk_cache = True
    bake(cache)
    os.rename(at(folder, 'blendcache_cloth'), at(folder, 'cloth'))
    os.remove(at(folder, 'cloth.blend'))
    cache.use_external = True
    cache.filepath = '//cloth'


@case(GOOD)
def library_with_a_texture_of_its_own(folder):
    """Named relative to the library, which lies in a folder."""
    save_picture(at(folder, 'props/wood/here.png'))
    linking(
        folder, library(at(folder, 'props'), lambda scene: paint(scene.objects['Prop'], gone_image('//wood/here.png')))
    )


@case(GOOD)
def library_of_a_library_elsewhere(folder):
    nested(folder)


@case('asset-missing')
def library_of_a_library_elsewhere_gone(folder):
    os.remove(nested(folder))


@case(GOOD)
def texture_by_a_roundabout_way(folder):
    _, _, texture = painted(lambda: present_image(folder))
    texture.image.filepath = '//textures/../textures/here.png'


@case('asset-missing')
def texture_above_the_folder(_):
    """Whether or not there is one."""
    painted(lambda: gone_image('//../secret.png'))


def nested(folder):
    """The scene links a file in one folder, and that one in another; the path of the latter."""
    for name in ('inside', 'outside'):
        os.makedirs(at(folder, name))
    inner = library(at(folder, 'inside'))
    outer = at(folder, 'outside/outer.blend')
    linking(at(folder, 'outside'), inner)
    holder = bpy.data.objects.new('Prop', bpy.data.objects['Prop'].data)
    bpy.context.scene.collection.objects.link(holder)
    holder.name = 'Holder'
    bpy.ops.wm.save_as_mainfile(filepath=outer, copy=True, relative_remap=False)
    scene = contents.tiny()
    bpy.ops.wm.save_as_mainfile(filepath=at(folder, 'unsaved.blend'))
    with bpy.data.libraries.load(outer, link=True, relative=True) as (_, wanted):
        wanted.objects = ['Holder']
    scene.collection.objects.link(bpy.data.objects['Holder'])
    os.remove(at(folder, 'unsaved.blend'))
    return inner


def at(folder, name):
    return os.path.join(folder, name)
