"""Strips that show pictures, movies and other scenes, there or not, shown or not."""

import os

import bpy
import scene_contents as contents
from corpus import GOOD, case, from_here
from files_of_nodes import gone_image, paint, save_picture


def strip(scene, path='//gone.png', channel=1, start=1, length=None):
    made = contents.strips_of(scene).new_image('Strip', path, channel, start)
    if length:
        made.frame_final_duration = length
    return made


def film(folder, scene, numbers, listed, start=1):
    """A strip of several pictures, of which `numbers` are there."""
    for number in numbers:
        save_picture(os.path.join(folder, 'film', f'{number:03d}.png'), 64)
    made = strip(scene, f'//film/{listed[0]:03d}.png', start=start)
    for number in listed[1:]:
        made.elements.append(f'{number:03d}.png')
    made.frame_final_duration = len(listed)
    return made


def new_effect(scene, kind, channel, *inputs, start=1, length=5):
    strips = contents.strips_of(scene)
    given = dict(zip(('seq1', 'seq2') if not from_here((5, 0, 0)) else ('input1', 'input2'), inputs))
    span = {'length': length} if from_here((5, 0, 0)) else {'frame_end': start + length}
    return strips.new_effect(name='Effect', type=kind, channel=channel, frame_start=start, **span, **given)


@case('asset-missing')
def strip_gone(_):
    strip(contents.counter())


@case('asset-missing', frames=(10, 2))
def strip_gone_in_the_last_frame(_):
    """Only the second frame shows it."""
    strip(contents.counter(), start=11)


@case('asset-missing', frames=(2, 2))
def film_with_a_gap(folder):
    film(folder, contents.counter(), (1, 2, 4), (1, 2, 3, 4))


@case('asset-missing')
def strip_gone_in_a_meta_strip(_):
    scene = contents.counter()
    made = strip(scene)
    meta = contents.strips_of(scene).new_meta('Meta', 2, 1)
    made.move_to_meta(meta)


@case('asset-missing')
def strip_gone_under_an_effect(_):
    scene = contents.counter()
    new_effect(scene, 'GAUSSIAN_BLUR', 2, strip(scene, length=5))


@case('asset-missing')
def strip_gone_in_another_scene(_):
    """A strip shows the sequencer of that scene."""
    strip(show_scene('SEQUENCER'))


@case('asset-missing')
def movie_strip_gone(folder):
    scene = contents.counter()
    path = movie(folder)
    scene = contents.counter()
    contents.strips_of(scene).new_movie('Movie', path, 1, 1).filepath = '//gone.avi'
    os.remove(path)


@case('asset-missing')
def texture_gone_in_the_scene_of_a_strip(_):
    other = show_scene('CAMERA')
    contents.add_camera(other)
    paint(contents.add_mesh(other, contents.cube_mesh('Far')), gone_image())


@case('no-camera')
def scene_of_a_strip_without_camera(_):
    show_scene('CAMERA')


@case('no-camera')
def only_a_sound(folder):
    contents.sound_only(folder)


@case(GOOD)
def strip_there(folder):
    contents.image_strip(folder)


@case(GOOD)
def strip_and_no_camera(folder):
    contents.image_strip(folder)
    bpy.data.objects.remove(bpy.context.scene.camera)


@case(GOOD)
def strip_gone_later(folder):
    contents.image_strip(folder)
    strip(bpy.context.scene, channel=2, start=10)


@case(GOOD, frames=(20, 1))
def strip_gone_before(folder):
    scene = contents.counter()
    strip(scene, length=5)
    film(folder, scene, (1,), (1,), start=20)


@case(GOOD, frames=(1, 2))
def film_with_a_gap_elsewhere(folder):
    film(folder, contents.counter(), (1, 2, 4), (1, 2, 3, 4))


@case(GOOD)
def strip_muted(folder):
    contents.image_strip(folder)
    strip(bpy.context.scene, channel=2).mute = True


@case(GOOD)
def strip_muted_and_nothing_else(_):
    strip(contents.counter()).mute = True


@case(GOOD)
def strip_of_a_muted_channel(folder):
    contents.image_strip(folder)
    strip(bpy.context.scene, channel=2)
    bpy.context.scene.sequence_editor.channels[2].mute = True


@case(GOOD)
def strip_under_another_one(folder):
    """The upper one replaces it."""
    scene = contents.counter()
    strip(scene, length=5)
    save_picture(os.path.join(folder, 'strip.png'))
    upper = strip(scene, '//strip.png', channel=2, length=5)
    upper.blend_type = 'REPLACE'


@case(GOOD)
def sequencer_switched_off(_):
    scene = contents.counter()
    strip(scene)
    scene.render.use_sequencer = False


@case(GOOD)
def texture_gone_behind_the_sequencer(folder):
    """The strip is shown instead of what the camera sees."""
    scene = contents.tiny()
    paint(scene.objects['Cube'], gone_image())
    save_picture(os.path.join(folder, 'strip.png'))
    strip(scene, '//strip.png')


@case(GOOD)
def strip_of_a_scene(_):
    contents.add_camera(show_scene('CAMERA'))


@case(GOOD)
def strip_gone_in_a_scene_that_nothing_shows(_):
    scene = contents.counter()
    strip(bpy.data.scenes.new('Other'))
    bpy.context.window.scene = scene


@case(GOOD)
def movie_strip_there(folder):
    path = movie(folder)
    scene = contents.counter()
    contents.strips_of(scene).new_movie('Movie', path, 1, 1).filepath = '//' + os.path.basename(path)


@case(GOOD)
def text_and_colour_strips(_):
    scene = contents.counter()
    new_effect(scene, 'COLOR', 1)
    new_effect(scene, 'TEXT', 2)


def show_scene(what):
    """A strip that shows another scene, which is returned."""
    scene = contents.counter()
    other = bpy.data.scenes.new('Other')
    other.render.engine = 'CYCLES'
    other.cycles.use_denoising = False
    other.cycles.samples = 1
    other.render.resolution_x = other.render.resolution_y = 64
    made = contents.strips_of(scene).new_scene('Scene', other, 1, 1)
    made.scene_input = what
    made.frame_final_duration = 10
    return other


def movie(folder):
    scene = contents.counter()
    scene.render.engine = 'BLENDER_WORKBENCH'
    settings = scene.render.image_settings
    if hasattr(settings, 'media_type'):
        settings.media_type = 'VIDEO'
    settings.file_format = 'FFMPEG'
    scene.render.filepath = os.path.join(folder, 'movie')
    scene.frame_start, scene.frame_end = 1, 2
    bpy.ops.render.render(animation=True)
    return os.path.join(folder, next(name for name in os.listdir(folder) if name.startswith('movie')))
