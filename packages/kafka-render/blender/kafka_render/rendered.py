"""What a job's frames show: which scenes through their cameras, and which strips of the sequencers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import bpy

from .frame_range import FrameRange
from .generations import compositor_tree, muted_channels, strips_in

# What these show lies below them, whatever they replace.
SEES_OTHER_CHANNELS = ('ADJUSTMENT', 'MULTICAM')


class ShownStrip(NamedTuple):
    scene: bpy.types.Scene
    strip: bpy.types.bpy_struct
    frames: FrameRange
    whole: bool  # something changes its speed: any part of it may be shown


class Rendered:
    """Scenes that are rendered through a camera (`views`) or post-processed (`composed`), by name, with their frames."""

    def __init__(self, scene: bpy.types.Scene, ranges: list[FrameRange]) -> None:
        self.views: dict[str, tuple[bpy.types.Scene, list[FrameRange]]] = {}
        self.composed: dict[str, tuple[bpy.types.Scene, list[FrameRange]]] = {}
        self.strips: list[ShownStrip] = []
        self._seen: set[tuple] = set()
        for frames in ranges:
            self._add_scene(scene, frames)

    def _add_scene(self, scene: bpy.types.Scene, frames: FrameRange) -> None:
        if shows_sequencer(scene):
            self._add_strips(scene, frames)
        else:
            self._add_picture(scene, frames)

    def _add_picture(self, scene: bpy.types.Scene, frames: FrameRange) -> None:
        tree = compositor_tree(scene)
        if tree is None:
            _note(self.views, scene, frames)
            return
        _note(self.composed, scene, frames)
        for node in nodes_within(tree):
            if node.type == 'R_LAYERS' and node.scene:
                _note(self.views, node.scene, frames)

    def _add_strips(self, scene: bpy.types.Scene, frames: FrameRange) -> None:
        if (scene.name, frames) in self._seen:
            return
        self._seen.add((scene.name, frames))
        for shown in shown_strips(scene, frames):
            self.strips.append(shown)
            inner = shown.strip.scene if shown.strip.type == 'SCENE' else None
            if inner and shown.strip.scene_input == 'CAMERA':
                self._add_picture(inner, _frames_of_scene_strip(shown))
            elif inner and inner.sequence_editor:
                self._add_strips(inner, _frames_of_scene_strip(shown))


def _note(found: dict, scene: bpy.types.Scene, frames: FrameRange) -> None:
    _, ranges = found.setdefault(scene.name, (scene, []))
    if frames not in ranges:
        ranges.append(frames)


def _frames_of_scene_strip(shown: ShownStrip) -> FrameRange:
    """Which frames of its scene a strip shows."""
    strip, scene = shown.strip, shown.strip.scene
    if shown.whole:
        return FrameRange(scene.frame_start, scene.frame_end)
    offset = scene.frame_start + strip.animation_offset_start - int(strip.frame_start)
    return FrameRange(shown.frames.first + offset, shown.frames.last + offset)


def shows_sequencer(scene: bpy.types.Scene) -> bool:
    """Sounds are no picture."""
    editor = scene.sequence_editor
    return bool(scene.render.use_sequencer and editor and _unmuted(editor))


def shown_strips(scene: bpy.types.Scene, frames: FrameRange) -> Iterator[ShownStrip]:
    for strip, stretch, whole in _shown(scene.sequence_editor, frames):
        yield ShownStrip(scene, strip, stretch, whole)


def nodes_within(tree: bpy.types.NodeTree, seen: set[str] | None = None) -> Iterator[bpy.types.Node]:
    """Those in groups too."""
    seen = set() if seen is None else seen
    if tree.name in seen:
        return
    seen.add(tree.name)
    for node in tree.nodes:
        yield node
        if node.type == 'GROUP' and node.node_tree:
            yield from nodes_within(node.node_tree, seen)


def _unmuted(parent: bpy.types.bpy_struct) -> list:
    muted = muted_channels(parent)
    return [strip for strip in strips_in(parent) if not (strip.mute or strip.type == 'SOUND' or strip.channel in muted)]


def _shown(parent: bpy.types.bpy_struct, frames: FrameRange) -> Iterator[tuple]:
    """Each strip with the frames at which it is seen: between two cuts the same ones are."""
    strips = sorted(_unmuted(parent), key=lambda strip: -strip.channel)
    ends = {end for strip in strips for end in (strip.frame_final_start, strip.frame_final_end)}
    cuts = [frames.first, *sorted(end for end in ends if frames.first < end <= frames.last), frames.last + 1]
    for first, end in zip(cuts, cuts[1:]):
        for strip in strips:
            if not strip.frame_final_start <= first < strip.frame_final_end:
                continue
            yield from _with_inputs(strip, FrameRange(first, end - 1), whole=False)
            if strip.blend_type == 'REPLACE' and strip.type not in SEES_OTHER_CHANNELS:
                break


def _with_inputs(strip: bpy.types.bpy_struct, frames: FrameRange, *, whole: bool) -> Iterator[tuple]:
    yield strip, frames, whole or _has_other_speed(strip)
    if strip.type == 'META':
        yield from _shown(strip, frames)
    for name in ('input_1', 'input_2'):
        given = getattr(strip, name, None)
        if given:
            yield from _with_inputs(given, frames, whole=whole or strip.type == 'SPEED')


def _has_other_speed(strip: bpy.types.bpy_struct) -> bool:
    return bool(getattr(strip, 'retiming_keys', None))
