"""Scenes that link to other .blend files, there or not, and whole or not."""

import os

import bpy
import scene_contents as contents
from corpus import GOOD, case
from files_of_nodes import gone_image, paint


def library(folder, prepare=lambda scene: None, name='props.blend'):
    """A file beside the scene that holds the object `Prop`."""
    scene = contents.tiny()
    scene.objects['Cube'].name = 'Prop'
    prepare(scene)
    path = os.path.join(folder, name)
    bpy.ops.wm.save_as_mainfile(filepath=path, copy=True, compress=False)
    return path


def linking(folder, path, scene=None):
    scene = scene or contents.tiny()
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, 'unsaved.blend'))
    with bpy.data.libraries.load(path, link=True, relative=True) as (_, wanted):
        wanted.objects = ['Prop']
    os.remove(os.path.join(folder, 'unsaved.blend'))
    prop = bpy.data.objects['Prop']
    scene.collection.objects.link(prop)
    return scene, prop


@case(GOOD)
def library_there(folder):
    linking(folder, library(folder))


@case('asset-missing')
def library_gone(folder):
    path = library(folder)
    linking(folder, path)
    os.remove(path)


@case('asset-missing')
def library_is_no_blend(folder):
    path = library(folder)
    linking(folder, path)
    with open(path, 'w') as file:
        file.write('something else\n')


@case('asset-missing')
def object_renamed_in_its_library(folder):
    path = library(folder)
    linking(folder, path)
    with open(path, 'rb') as file:
        whole = file.read()
    with open(path, 'wb') as file:
        file.write(whole.replace(b'OBProp\0', b'OBPrap\0'))


@case('asset-missing')
def library_of_a_library_gone(folder):
    """The scene links a file, which links another one, and that is gone."""
    inner = library(folder, name='inner.blend')
    linking(folder, inner)
    outer = os.path.join(folder, 'outer.blend')
    prop = bpy.data.objects['Prop']
    holder = bpy.data.objects.new('Holder', prop.data)
    bpy.context.scene.collection.objects.link(holder)
    bpy.ops.wm.save_as_mainfile(filepath=outer, copy=True)
    scene = contents.tiny()
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, 'unsaved.blend'))
    with bpy.data.libraries.load(outer, link=True, relative=True) as (_, wanted):
        wanted.objects = ['Holder']
    scene.collection.objects.link(bpy.data.objects['Holder'])
    os.remove(os.path.join(folder, 'unsaved.blend'))
    os.remove(inner)


@case('asset-missing')
def library_of_an_override_gone(folder):
    path = library(folder)
    _, prop = linking(folder, path)
    prop.override_create(remap_local_usages=True)
    os.remove(path)


@case('asset-missing')
def library_of_a_movement_gone(folder):
    """Only the animation of an object is linked."""

    def move(scene):
        scene.objects['Prop'].keyframe_insert('location', frame=1)
        scene.objects['Prop'].animation_data.action.name = 'Move'
        scene.objects['Prop'].animation_data.action.use_fake_user = True

    path = library(folder, move)
    scene = contents.tiny()
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, 'unsaved.blend'))
    with bpy.data.libraries.load(path, link=True, relative=True) as (_, wanted):
        wanted.actions = ['Move']
    scene.objects['Cube'].animation_data_create().action = bpy.data.actions['Move']
    os.remove(os.path.join(folder, 'unsaved.blend'))
    os.remove(path)


@case('asset-missing')
def texture_of_a_linked_object_gone(folder):
    path = library(folder, lambda scene: paint(scene.objects['Prop'], gone_image()))
    linking(folder, path)


@case(GOOD)
def override_there(folder):
    _, prop = linking(folder, library(folder))
    prop.override_create(remap_local_usages=True).location.x = 1


@case(GOOD)
def library_of_a_hidden_object_gone(folder):
    path = library(folder, lambda scene: setattr(scene.objects['Prop'], 'hide_render', True))
    scene, prop = linking(folder, path)
    scene.collection.objects.unlink(prop)
    collection = bpy.data.collections.new('Away')
    collection.objects.link(prop)
    collection.hide_render = True
    scene.collection.children.link(collection)
    os.remove(path)


@case(GOOD)
def library_of_another_scene_gone(folder):
    path = library(folder)
    contents.tiny()
    linking(folder, path, bpy.data.scenes.new('Other'))
    os.remove(path)
