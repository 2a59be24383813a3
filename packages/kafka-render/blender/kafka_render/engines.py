"""Whether this Blender has what the scene is to be rendered with. Otherwise it takes something else, or leaves it out."""

from __future__ import annotations

import ctypes
import functools

import bpy

from .refusals import Refusal
from .rendered import Rendered
from .used_blocks import UsedBlocks
from .visibility import rendered_layers

# Of a scene's settings so much holds the name of its engine; a scene is larger than that.
SETTINGS_BYTES = 4096


def check_engines(rendered: Rendered, used: UsedBlocks) -> None:
    scenes = [scene for scene, _ in rendered.views.values()]
    for scene in scenes:
        wanted = _engine_of_file(scene)
        if wanted != scene.render.engine:
            raise Refusal(
                'engine-missing', f'Scene {scene.name!r} is made for {wanted!r}, and this Blender has no such'
            )
    undefined = sorted({f'{node.name} of {owner.name}' for owner, node in used.nodes if _is_undefined(node)})
    if undefined:
        raise Refusal('engine-missing', f'Nodes that this Blender does not know: {", ".join(undefined[:20])}')
    scripted = [node.name for _, node in used.nodes if node.bl_idname == 'ShaderNodeScript']
    if scripted and any(_shades_with_scripts(scene) for scene in scenes) and not _cycles_has('osl'):
        what = f'Nodes are shaders in Open Shading Language, which this Blender has not: {", ".join(scripted[:20])}'
        raise Refusal('engine-missing', what)


def check_denoiser(rendered: Rendered, used: UsedBlocks) -> None:
    """Cycles renders nothing without its denoiser, and the compositor lets the noise through."""
    wanting = [f'scene {scene.name!r}' for scene, _ in rendered.views.values() if _denoises(scene)]
    wanting += [f'node {node.name!r}' for _, node in used.nodes if node.type == 'DENOISE']
    if wanting and not _cycles_has('openimagedenoise'):
        what = f'This Blender is built without OpenImageDenoise, and these denoise: {", ".join(wanting)}'
        raise Refusal('denoiser-missing', what)


def _is_undefined(node: bpy.types.Node) -> bool:
    """Of an add-on that is not here."""
    return node.bl_idname in ('NodeUndefined', 'Undefined')


def _denoises(scene: bpy.types.Scene) -> bool:
    if scene.render.engine != 'CYCLES' or not scene.cycles.use_denoising:
        return False
    return any(getattr(layer.cycles, 'use_denoising', True) for layer in rendered_layers(scene))


def _shades_with_scripts(scene: bpy.types.Scene) -> bool:
    return scene.render.engine == 'CYCLES' and bool(scene.cycles.shading_system)


def _cycles_has(feature: str) -> bool:
    try:
        import _cycles
    except ImportError:
        return False
    return bool(getattr(_cycles, f'with_{feature}', False))


def _engine_of_file(scene: bpy.types.Scene) -> str:
    """For an engine that is not there, such as an add-on's, Blender names another one: the file's is in its memory."""
    offset = _offset_of_engine()
    if offset is None:
        return scene.render.engine
    return _settings(scene)[offset:].split(b'\0')[0].decode('utf-8', 'replace')


@functools.lru_cache(maxsize=None)
def _offset_of_engine() -> int | None:
    """Found out with engines that are there. None when it cannot be."""
    probe = bpy.data.scenes.new('engine')
    try:
        return _offset_in(probe)
    finally:
        bpy.data.scenes.remove(probe)


def _offset_in(probe: bpy.types.Scene) -> int | None:
    offsets = set()
    for name in ('BLENDER_WORKBENCH', 'CYCLES'):
        try:
            probe.render.engine = name
        except TypeError:  # a Blender without it
            return None
        offsets.add(_settings(probe).find(name.encode() + b'\0'))
    return offsets.pop() if len(offsets) == 1 and -1 not in offsets else None


def _settings(scene: bpy.types.Scene) -> bytes:
    return ctypes.string_at(scene.render.as_pointer(), SETTINGS_BYTES)
