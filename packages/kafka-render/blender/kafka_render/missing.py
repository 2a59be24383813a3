"""What is missing, and where the worker may look for it."""

from __future__ import annotations

import os
from typing import NamedTuple

import bpy

# So many are asked for at a time.
WANTED_LIMIT = 10_000


class Missing(NamedTuple):
    words: str  # as the scene names it
    # Absolute; with * at the end all that begin so. None of them: what is wrong is not that a file is away.
    paths: tuple[str, ...] = ()
    # Other frames need others, as with a sequence.
    at_frames: bool = False


def wanted(missing: list[Missing]) -> list[dict]:
    """What may lie beside the scene in storage: below its folder, relative to it."""
    places = [(_beside_scene(path), each.at_frames) for each in missing for path in each.paths]
    return [{'path': place, 'atFrames': at_frames} for place, at_frames in places if place][:WANTED_LIMIT]


def in_words(missing: list[Missing]) -> list[str]:
    return sorted({each.words + _why_not_looked_for(each) for each in missing})


def _why_not_looked_for(each: Missing) -> str:
    is_above = each.words.startswith('//') and each.paths and not any(map(_beside_scene, each.paths))
    return " (it is not below the scene's folder)" if is_above else ''


def _beside_scene(path: str) -> str | None:
    place = os.path.relpath(path, os.path.dirname(bpy.data.filepath))
    return None if place.split(os.sep)[0] in ('.', '..') else place
