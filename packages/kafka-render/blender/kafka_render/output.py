"""Where the frames go and what they are called: always below the job's own folder."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

import bpy

from .frame_range import FrameRange
from .generations import compositor_tree, direct_file_output_node, literal_path, names_single_view
from .refusals import Refusal
from .rendered import nodes_within

# What src/frames can verify; a test compares this with its table.
SUPPORTED_FORMATS = (
    *('PNG', 'JPEG', 'TIFF', 'WEBP', 'OPEN_EXR', 'OPEN_EXR_MULTILAYER'),
    *('BMP', 'CINEON', 'DPX', 'HDR', 'IRIS', 'JPEG2000', 'TARGA', 'TARGA_RAW'),
)

NAME_BYTES = 100


class FrameOutput(NamedTuple):
    folder: str
    main_files: list[str]
    width: int | None
    height: int | None
    has_node_files: bool


def direct_output(scene: bpy.types.Scene, folder: str, ranges: list[FrameRange]) -> FrameOutput:
    """Points everything that this scene writes into `folder`. Frames that Blender has not are refused."""
    render = scene.render
    render.filepath = literal_path(folder) + '/####'
    render.use_file_extension = True
    render.use_overwrite = True
    render.use_placeholder = False
    for frames in ranges:
        set_range(scene, frames)
    width, height = (None, None) if render.use_border and render.use_crop_to_border else _written_size(scene)
    has_nodes = _direct_file_output_nodes(scene, folder)
    return FrameOutput(folder, _main_files(scene, folder, ranges[0].first), width, height, has_nodes)


def picture_size(scene: bpy.types.Scene) -> tuple[int, int]:
    render = scene.render
    percentage = render.resolution_percentage
    return render.resolution_x * percentage // 100, render.resolution_y * percentage // 100


def main_file_paths(scene: bpy.types.Scene, frame: int) -> list[str]:
    """The absolute names of a frame's own files, one for each view that is written by itself."""
    render = scene.render
    if not (render.use_multiview and render.image_settings.views_format == 'INDIVIDUAL'):
        return [render.frame_path(frame=frame)]
    views = render.stereo_views if render.views_format == 'STEREO_3D' else render.views
    written = [render.frame_path(frame=frame, view=view.name) for view in views if view.use]
    if len(written) > 1 or (written and names_single_view()):
        return written
    return [render.frame_path(frame=frame)]


def set_range(scene: bpy.types.Scene, frames: FrameRange) -> None:
    """Blender clamps a frame that is out of range, silently: read back what was set."""
    scene.frame_step = 1
    # Each end pushes the other along: whichever way the range moves, the second pair holds.
    for _ in range(2):
        scene.frame_start, scene.frame_end = frames
    if (scene.frame_start, scene.frame_end) != frames:
        raise Refusal('frame-out-of-range', f'Blender cannot render frames {frames.first} to {frames.last}')


def _main_files(scene: bpy.types.Scene, folder: str, frame: int) -> list[str]:
    number = f'{frame:04d}'
    names = [os.path.relpath(path, folder) for path in main_file_paths(scene, frame)]
    return [name.replace(number, '####', 1) for name in names]


def _written_size(scene: bpy.types.Scene) -> tuple[int, int]:
    """A stereo picture of both eyes is twice as wide or high, unless it is squeezed."""
    width, height = picture_size(scene)
    settings = scene.render.image_settings
    if scene.render.use_multiview and settings.views_format == 'STEREO_3D':
        stereo = settings.stereo_3d_format
        if stereo.display_mode == 'SIDEBYSIDE' and not stereo.use_squeezed_frame:
            width *= 2
        if stereo.display_mode == 'TOPBOTTOM' and not stereo.use_squeezed_frame:
            height *= 2
    return width, height


def file_output_nodes(scene: bpy.types.Scene) -> list[bpy.types.Node]:
    tree = compositor_tree(scene)
    nodes = nodes_within(tree) if tree else ()
    return [node for node in nodes if node.type == 'OUTPUT_FILE' and not node.mute]


def _direct_file_output_nodes(scene: bpy.types.Scene, folder: str) -> bool:
    """Each File Output node gets a subfolder of its own name, so that no two can write the same file."""
    taken = set()
    for index, node in enumerate(file_output_nodes(scene)):
        name = _safe_name(node.name) or 'File Output'
        name = f'{name} {index}' if name in taken else name
        taken.add(name)
        direct_file_output_node(node, os.path.join(folder, name), _safe_name)
    return bool(taken)


def _safe_name(name: str) -> str:
    """No folders, no way up, no templates; letters of any script stay."""
    return _cut(re.sub(r'[^\w#. -]', '_', name).strip(' .'))


def _cut(name: str) -> str:
    """A file's name has 255 bytes at most; the number of the frame and the like come behind this."""
    return name.encode('utf-8', 'surrogateescape')[:NAME_BYTES].decode('utf-8', 'ignore')
