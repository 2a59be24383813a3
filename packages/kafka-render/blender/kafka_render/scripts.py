"""Scripts in a scene are never run. Blender's -Y sees to text blocks and driver expressions, not to everything."""

import bpy

from .refusals import Refusal


def block_freestyle_scripts():
    """Blender runs line styles written in Python even under -Y (seen in 3.4): leave them out."""
    modules = [module for layer in _freestyle_layers() for module in layer.freestyle_settings.modules if module.use]
    for module in modules:
        module.use = False
    return 'Freestyle style modules' if modules else None


def blocked_by_blender():
    """What Blender refused to run so far, in its words; None when nothing was refused."""
    return bpy.app.autoexec_fail_message or 'scripts' if bpy.app.autoexec_fail else None


def check_scripts(blocked, when_blocked):
    if when_blocked == 'fail' and blocked:
        raise Refusal('scripts-blocked', 'The scene contains scripts, and scripts are not run here: ' + blocked)


def _freestyle_layers():
    layers = [layer for scene in bpy.data.scenes for layer in scene.view_layers]
    return [layer for layer in layers if layer.freestyle_settings.mode == 'SCRIPT']
