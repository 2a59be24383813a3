"""Files that a scene uses and that are not there: Blender renders without them, in a normal-looking picture."""

from __future__ import annotations

import os

import bpy

from .refusals import Refusal

NAMED_AT_MOST = 20


def check_assets(scene: bpy.types.Scene, when_missing: str) -> None:
    missing = [] if when_missing == 'ignore' else missing_assets(scene)
    if missing:
        names = ', '.join(missing[:NAMED_AT_MOST])
        more = f' and {len(missing) - NAMED_AT_MOST} more' if len(missing) > NAMED_AT_MOST else ''
        raise Refusal(
            'missing-asset', f'The scene uses files that are missing: {names}{more}; pack them into the .blend'
        )


def missing_assets(scene: bpy.types.Scene) -> list[str]:
    """The paths, as the scene names them, of missing files that `scene` itself depends on."""
    libraries = [library for library in bpy.data.libraries if not _exists(library, library.filepath)]
    gone = {user: library.filepath for library in libraries for user in library.users_id}
    gone.update({block: block.filepath for block in _file_blocks() if not _file_is_there(block)})
    users = bpy.data.user_map() if gone else {}
    return sorted({path for block, path in gone.items() if _reaches(block, scene, users)})


def uses_files() -> bool:
    """Whether anything lies outside of the .blend, where it may change."""
    return bool(bpy.data.libraries) or any(_is_file(block) for block in _file_blocks())


def _is_file(block: bpy.types.ID) -> bool:
    generated = getattr(block, 'source', 'FILE') in ('GENERATED', 'VIEWER')
    return not (generated or getattr(block, 'packed_file', None) or block.filepath in ('', '<builtin>'))


def _file_blocks() -> list[bpy.types.ID]:
    collections = ('images', 'movieclips', 'fonts', 'volumes', 'cache_files')
    return [block for name in collections for block in getattr(bpy.data, name, ())]


def _file_is_there(block: bpy.types.ID) -> bool:
    return not _is_file(block) or _exists(block, block.filepath)


def _exists(block: bpy.types.ID, path: str) -> bool:
    absolute = bpy.path.abspath(path, library=block.library)
    if '<UDIM>' in absolute or '<UVTILE>' in absolute:
        return os.path.isdir(os.path.dirname(absolute))
    return os.path.exists(absolute)


def _reaches(block: bpy.types.ID, scene: bpy.types.Scene, users: dict[bpy.types.ID, set[bpy.types.ID]]) -> bool:
    """Whether `scene` uses `block`, through whatever lies between."""
    seen, waiting = set(), [block]
    while waiting:
        current = waiting.pop()
        if current == scene:
            return True
        if current not in seen:
            seen.add(current)
            waiting.extend(users.get(current, ()))
    return False
