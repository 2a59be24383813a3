"""Opens scenes, one after the other, and knows when the one that is open may be rendered once more."""

from __future__ import annotations

import os

import bpy

from . import scripts
from .colour_management import unknown_colours
from .printed import printed_by
from .refusals import Refusal

BEFORE = 'kafka-render: another scene is to be opened'


class OpenScene:
    def __init__(self) -> None:
        self.is_rendering = False
        # Nothing of the last job can change the pixels of the next one: it ended well, no frame of it depended on the one
        # before, Blender refused no script (which leaves what it did not compute as it was), nothing that it used lies
        # outside of the file, where it may have changed, and nothing shows the last picture.
        self.may_stay = False
        # What a script has done to the process cannot be undone.
        self.ran_scripts = False
        self.unknown_colours: list[str] = []
        self._open: tuple | None = None

    def open(self, path: str, allow_scripts: bool) -> None:
        stays = self.may_stay and self._open == _identity(path)
        self.is_rendering = self.may_stay = False
        if stays:
            return
        self._open = None
        self.unknown_colours = unknown_colours(printed_by(lambda: _open_file(path, use_scripts=False)))
        # Looked at before any runs: a script may remove itself from the scene.
        if allow_scripts and scripts.would_run():
            self.ran_scripts = True
            _open_file(path, use_scripts=True)
        self._open = _identity(path)


def _open_file(path: str, *, use_scripts: bool) -> None:
    bpy.data.texts.new(BEFORE)
    try:
        bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=use_scripts)
    except RuntimeError as error:
        # Raised also for what Blender only reports, with the file open.
        if BEFORE in bpy.data.texts:
            what = f'Blender did not open the scene: {str(error).strip()}'
            raise Refusal('scene-not-loaded', what) from error


def _identity(path: str) -> tuple:
    """A file that was replaced is another one. Its times tell nothing: the cache of scenes sets them."""
    status = os.stat(path)
    return path, status.st_dev, status.st_ino, status.st_size
