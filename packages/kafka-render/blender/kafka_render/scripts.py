"""Scripts in a scene are never run. Blender's -Y sees to text blocks and driver expressions, not to everything."""

from __future__ import annotations

import bpy

from .refusals import Refusal

WORDS_LIMIT = 200


def block_freestyle_scripts() -> str | None:
    """Blender runs line styles written in Python even under -Y (seen in 3.4): leave them out."""
    modules = [module for layer in _freestyle_layers() for module in layer.freestyle_settings.modules if module.use]
    for module in modules:
        module.use = False
    return 'Freestyle style modules' if modules else None


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
