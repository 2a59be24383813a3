"""Scripts in a scene are run only where the worker allows it.

Without that -Y sees to text blocks and driver expressions, not to everything. Where they are allowed, a process in which
any ran is not used again: nobody can tell what they left in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import bpy

from .refusals import Refusal

WORDS_LIMIT = 200


def block_freestyle_scripts() -> str | None:
    """Blender runs line styles written in Python even under -Y (seen in 3.4): leave them out."""
    modules = [module for layer in _freestyle_layers() for module in layer.freestyle_settings.modules if module.use]
    for module in modules:
        module.use = False
    return 'Freestyle style modules' if modules else None


def would_run() -> bool:
    """Whether the open scene, as its file says, holds anything that Blender would run if it were allowed."""
    if blocked_by_blender() or any(text.use_module for text in bpy.data.texts):
        return True
    if any(module.use for layer in _freestyle_layers() for module in layer.freestyle_settings.modules):
        return True
    return any(driver.type == 'SCRIPTED' and not driver.is_simple_expression for driver in _drivers())


def _drivers() -> Iterator[bpy.types.Driver]:
    collections = [getattr(bpy.data, name) for name in dir(bpy.data)]
    items = [item for each in collections if isinstance(each, bpy.types.bpy_prop_collection) for item in each]
    # A tree of a material, world or scene is in no collection of its own.
    trees = [tree for tree in (getattr(item, 'node_tree', None) for item in items) if tree]
    for item in [*items, *trees]:
        animation = getattr(item, 'animation_data', None)
        for curve in animation.drivers if animation else ():
            yield curve.driver


def blocked_by_blender() -> str | None:
    """What Blender refused to run so far, in its words; None when nothing was refused."""
    if not bpy.app.autoexec_fail:
        return None
    return bpy.app.autoexec_fail_message[:WORDS_LIMIT] or 'scripts'


def check_scripts(blocked: str | None, when_blocked: str) -> None:
    if when_blocked == 'fail' and blocked:
        raise Refusal('scripts-blocked', 'The scene contains scripts, and scripts are not run here: ' + blocked)


def _freestyle_layers() -> list[bpy.types.ViewLayer]:
    layers = [layer for scene in bpy.data.scenes for layer in scene.view_layers]
    return [layer for layer in layers if layer.freestyle_settings.mode == 'SCRIPT']
