"""What a job could leave behind in a Blender that stays: the job of frame 1 leaves the first of these, and so on.

Each job prints which it finds. Run in front of resident.py, whose jobs it meets while they write their frame.
"""

import builtins
import json
import os
import resource
import signal
import sys
import threading

import bpy

TICKS = []


def tick():
    TICKS.append(1)
    return 0.01


def set_timer():
    bpy.app.timers.register(tick, first_interval=0, persistent=True)


def lower_limit():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def start_thread():
    threading.Thread(target=threading.Event().wait, name='left', daemon=True).start()


def derive_engine():
    type('Left', (bpy.types.RenderEngine,), {'bl_idname': 'LEFT', 'bl_label': 'Left'})


def make_preference(section, name, value):
    settings = getattr(bpy.context.preferences, section)
    before = getattr(settings, name)
    assert value != before, name
    return lambda: setattr(settings, name, value), lambda: getattr(settings, name) != before


PREFERENCES = {
    'temporary directory': ('filepaths', 'temporary_directory', '/'),
    'scripts': ('filepaths', 'use_scripts_auto_execute', True),
    'memory cache': ('system', 'memory_cache_limit', 64),
    'undo': ('edit', 'use_global_undo', False),
    'tooltips': ('view', 'show_tooltips', False),
}

# How to leave it, and whether it is there.
PUT_BACK = {
    'handler': (
        lambda: bpy.app.handlers.frame_change_pre.append(print),
        lambda: print in bpy.app.handlers.frame_change_pre,
    ),
    'handler taken away': (bpy.app.handlers.load_pre.clear, lambda: not bpy.app.handlers.load_pre),
    'driver function': (
        lambda: bpy.app.driver_namespace.update(floor=len),
        lambda: bpy.app.driver_namespace.get('floor') is len,
    ),
    'builtin': (lambda: setattr(builtins, 'left', 1), lambda: hasattr(builtins, 'left')),
    'builtin replaced': (lambda: setattr(builtins, 'ascii', len), lambda: ascii is len),
    'search path': (lambda: sys.path.insert(0, '/left'), lambda: '/left' in sys.path),
    'environment': (lambda: os.environ.update(LEFT='1'), lambda: 'LEFT' in os.environ),
    'folder': (lambda: os.chdir('/'), lambda: os.getcwd() == '/'),
    'umask': (lambda: os.umask(0o077), lambda: os.umask(os.umask(0o022)) == 0o077),
    'recursion': (lambda: sys.setrecursionlimit(777), lambda: sys.getrecursionlimit() == 777),
    # Never runs in a Blender without a window.
    'timer': (set_timer, lambda: bool(TICKS)),
}
REPLACED = {
    **{name: make_preference(*setting) for name, setting in PREFERENCES.items()},
    'add-on': (lambda: bpy.context.preferences.addons.new(), lambda: '' in bpy.context.preferences.addons),
    'property of scenes': (
        lambda: setattr(bpy.types.Scene, 'left', bpy.props.IntProperty()),
        lambda: hasattr(bpy.types.Scene, 'left'),
    ),
    'method replaced': (
        lambda: setattr(bpy.types.Scene, 'update_render_engine', len),
        lambda: bpy.types.Scene.update_render_engine is len,
    ),
    'engine': (derive_engine, lambda: any(kind.__name__ == 'Left' for kind in bpy.types.RenderEngine.__subclasses__())),
    'thread': (start_thread, lambda: any(thread.name == 'left' for thread in threading.enumerate())),
    'limit': (lower_limit, lambda: resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)),
    'signal': (
        lambda: signal.signal(signal.SIGALRM, signal.SIG_IGN),
        lambda: signal.getsignal(signal.SIGALRM) == signal.SIG_IGN,
    ),
    'niceness': (lambda: os.nice(1), lambda: os.nice(0) == NICENESS + 1),
    'importer': (lambda: sys.meta_path.append(None), lambda: None in sys.meta_path),
    'profile': (lambda: sys.setprofile(lambda *_: None), lambda: sys.getprofile() is not None),
}
TRACES = [*PUT_BACK.items(), *REPLACED.items()]
NICENESS = os.nice(0)
NAMES = {'putBack': list(PUT_BACK), 'replaced': list(REPLACED)}


def on_write(scene, *_):
    found = [name for name, (_, is_there) in TRACES if is_there()]
    print('TRACES', json.dumps({'process': os.getpid(), 'found': found, **NAMES}), flush=True)
    if scene.frame_current <= len(TRACES):
        TRACES[scene.frame_current - 1][1][0]()


bpy.app.handlers.persistent(on_write)
bpy.app.handlers.render_write.append(on_write)
