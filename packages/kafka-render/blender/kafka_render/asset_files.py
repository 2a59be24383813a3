"""The files outside of the .blend that the rendered frames are made from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

import bpy

from .frame_range import FrameRange
from .rendered import Rendered, ShownStrip
from .used_blocks import UsedBlocks

# What files begin with that Blender reads, or else leaves out in silence.
SIGNATURES = {'.abc': (b'Ogawa', b'\x89HDF'), '.vdb': (b' BDV',)}
# So many frames of one image sequence are looked for.
SEQUENCE_LIMIT = 10_000


class AssetFile(NamedTuple):
    named: str  # as the scene names it
    path: str  # absolute
    image: bpy.types.Image | None = None  # which shows it
    at_frames: bool = False  # one of a sequence, for these frames
    is_first: bool = False  # of a sequence that is needed as a whole

    @property
    def paths(self) -> tuple[str, ...]:
        numbered = re.match(r'(.*?)\d+\D*$', os.path.basename(self.path)) if self.is_first else None
        return (self.path, os.path.join(os.path.dirname(self.path), numbered[1]) + '*') if numbered else (self.path,)


def asset_files(rendered: Rendered, used: UsedBlocks) -> Iterator[AssetFile]:
    for image, user, ranges in used.images:
        yield from _image_files(image, user, ranges)
    for block in used.blocks:
        yield from _block_files(block)
    for owner, node in used.nodes:
        if node.bl_idname in ('ShaderNodeTexIES', 'ShaderNodeScript') and node.mode == 'EXTERNAL' and node.filepath:
            yield _named(node.filepath, owner)
    for body, modifier in used.modifiers:
        if modifier.type == 'MESH_CACHE' and modifier.filepath:
            yield _named(modifier.filepath, body)
    for shown in rendered.strips:
        yield from _strip_files(shown)


def _named(path: str, owner: bpy.types.ID, image: bpy.types.Image | None = None) -> AssetFile:
    return AssetFile(path, bpy.path.abspath(path, library=owner.library), image)


def _block_files(block: bpy.types.ID) -> Iterator[AssetFile]:
    kinds = (bpy.types.MovieClip, bpy.types.VectorFont, bpy.types.CacheFile, *VOLUMES)
    if isinstance(block, kinds) and not getattr(block, 'packed_file', None) and block.filepath not in ('', '<builtin>'):
        is_first = getattr(block, 'is_sequence', False) or getattr(block, 'source', '') == 'SEQUENCE'
        yield _named(block.filepath, block)._replace(is_first=is_first)


def has_contents(path: str) -> bool:
    """Not empty, and what its name says, as far as that is easily told."""
    with open(path, 'rb') as file:
        start = file.read(8)
    return start.startswith(SIGNATURES.get(os.path.splitext(path)[1].lower(), start[:1] or b'-'))


def unreadable_kind(block: bpy.types.ID) -> bool:
    """What this Blender was built without."""
    options = bpy.app.build_options
    if isinstance(block, bpy.types.CacheFile):
        return not (options.usd if block.filepath.lower().split('.')[-1].startswith('usd') else options.alembic)
    return isinstance(block, VOLUMES) and not options.openvdb


VOLUMES = (bpy.types.Volume,) if hasattr(bpy.types, 'Volume') else ()  # from 2.83


def _image_files(image: bpy.types.Image, user: object, ranges: list[FrameRange]) -> Iterator[AssetFile]:
    if image.packed_file or image.source in ('GENERATED', 'VIEWER') or not image.filepath:
        return
    if image.source == 'TILED':
        yield from (_named(_tile_path(image.filepath, tile.number), image) for tile in image.tiles)
    elif image.source == 'SEQUENCE' and user:
        paths = _sequence_paths(image.filepath, user, ranges)
        yield from (_named(path, image)._replace(at_frames=True) for path in paths)
    else:
        yield _named(image.filepath, image, image if image.source == 'FILE' else None)


def _tile_path(path: str, number: int) -> str:
    column, row = (number - 1001) % 10, (number - 1001) // 10
    return path.replace('<UDIM>', str(number)).replace('<UVTILE>', f'u{column + 1}_v{row + 1}')


def _sequence_paths(path: str, user: object, ranges: list[FrameRange]) -> list[str]:
    """The last number in the name of the file counts, with as many digits."""
    folder, name = os.path.split(path)
    parts = re.match(r'(.*?)(\d+)(\D*)$', name)
    if not parts:
        return [path]
    head, digits, tail = parts.groups()
    numbers = {_image_number(user, frame) for frames in ranges for frame in _some(frames)}
    return [os.path.join(folder, f'{head}{number:0{len(digits)}d}{tail}') for number in sorted(numbers)]


def _some(frames: FrameRange) -> range:
    return range(frames.first, min(frames.last, frames.first + SEQUENCE_LIMIT) + 1)


def _image_number(user: object, frame: int) -> int:
    """As BKE_image_user_frame_get of Blender does it."""
    at = frame - user.frame_start + 1
    length = max(user.frame_duration, 1)
    at = (at - 1) % length + 1 if user.use_cyclic else min(max(at, 0), length)
    return at + user.frame_offset


def _strip_files(shown: ShownStrip) -> Iterator[AssetFile]:
    strip = shown.strip
    if strip.type == 'IMAGE':
        for at in sorted(_shown_elements(shown)):
            path = os.path.join(strip.directory, strip.elements[at].filename)
            yield _named(path, shown.scene)._replace(at_frames=True)
    elif strip.type == 'MOVIE':
        yield _named(strip.filepath, shown.scene)


def _shown_elements(shown: ShownStrip) -> set[int]:
    """The first and the last picture of a strip stand still before and after it."""
    strip, last = shown.strip, len(shown.strip.elements) - 1
    if shown.whole or strip.strobe > 1:
        return set(range(last + 1))
    first_at = min(max(shown.frames.first - int(strip.frame_start), 0), last)
    last_at = min(max(shown.frames.last - int(strip.frame_start), 0), last)
    at = range(first_at, last_at + 1)
    return {last - index for index in at} if strip.use_reverse_frames else set(at)
