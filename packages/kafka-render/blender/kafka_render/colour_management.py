"""Views, looks and displays that the colour configuration (OCIO) of this Blender has not.

It takes its default in place of them, forgets what the file said, and only prints so while it opens the file.
"""

from __future__ import annotations

import re

import bpy

from .generations import file_output_formats
from .output import file_output_nodes

# Blender 3.4 to 5.0: source/blender/imbuf/intern/colormanagement.cc
NOT_FOUND = re.compile(r'(?:([Dd]isplay) "([^"\n]*)" used by scene|scene (view|look) "([^"\n]*)") not found')

# They hold light as it was rendered.
LINEAR_FORMATS = ('OPEN_EXR', 'OPEN_EXR_MULTILAYER', 'HDR')


def unknown_colours(printed: str) -> list[str]:
    """Of any scene of the file: Blender does not say which."""
    return [
        f'{(display or part).lower()} {first or second!r}'
        for display, first, part, second in NOT_FOUND.findall(printed)
    ]


def missing_colours(scene: bpy.types.Scene, unknown: list[str]) -> set[str]:
    """As far as they decide about the pixels."""
    formats = [scene.render.image_settings.file_format]
    formats += [name for node in file_output_nodes(scene) for name in file_output_formats(node)]
    if all(name in LINEAR_FORMATS for name in formats):
        return set()
    return {f'{name} (this Blender is configured without it)' for name in unknown}
