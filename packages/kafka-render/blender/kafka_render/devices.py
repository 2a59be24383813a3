"""What renders. Cycles on the GPU: factory settings enable no device, and asking for one that is not there renders on the CPU."""

from __future__ import annotations

from typing import NamedTuple

import bpy

from .generations import cycles_preferences, refresh_devices
from .refusals import Refusal

BACKENDS = ('OPTIX', 'CUDA', 'HIP', 'ONEAPI', 'METAL')  # the faster of two for one card comes first


# used: GPU, CPU, or DRIVER for engines that draw with the graphics driver, whatever was asked for
class Device(NamedTuple):
    requested: str
    used: str
    backend: str | None
    names: list[str]


def choose_device(scene: bpy.types.Scene, gpu_requested: bool, gpu_missing: str) -> Device:
    requested = 'GPU' if gpu_requested else 'CPU'
    if scene.render.engine != 'CYCLES':
        return Device(requested, 'DRIVER', None, [])
    backend, names = _enable_gpu() if gpu_requested else _forget_gpu()
    if gpu_requested and not names and gpu_missing == 'fail':
        raise Refusal('gpu-missing', 'The job asks for a GPU and this machine has none that Cycles can use')
    scene.cycles.device = 'GPU' if names else 'CPU'
    return Device(requested, scene.cycles.device, backend, names)


def gpu_names() -> dict[str, list[str]]:
    """The GPUs of this machine by backend, as far as this build of Blender knows it."""
    preferences = cycles_preferences()
    names = {backend: _enable_backend(preferences, backend) for backend in (BACKENDS if preferences else ())}
    return {backend: found for backend, found in names.items() if found}


def use_threads(scene: bpy.types.Scene, threads: int | None) -> None:
    """What -t of an executable does, as far as it concerns rendering."""
    if threads:
        scene.render.threads_mode, scene.render.threads = 'FIXED', threads


def _forget_gpu() -> tuple[None, list[str]]:
    """A job before may have chosen one, or one was tried in vain: denoising goes by the preferences, not by the scene."""
    preferences = cycles_preferences()
    if preferences and preferences.compute_device_type != 'NONE':
        preferences.compute_device_type = 'NONE'
    return None, []


def _enable_gpu() -> tuple[str | None, list[str]]:
    preferences = cycles_preferences()
    for backend in BACKENDS if preferences else ():
        names = _enable_backend(preferences, backend)
        if names:
            return backend, names
    return _forget_gpu()


def _enable_backend(preferences: bpy.types.AddonPreferences, backend: str) -> list[str]:
    """The names of the backend's devices, all of them now in use."""
    try:
        preferences.compute_device_type = backend
    except TypeError:  # not in this build
        return []
    refresh_devices(preferences)
    wanted = [device for device in preferences.devices if device.type == backend]
    for device in preferences.devices:
        device.use = device.type == backend
    return [device.name for device in wanted] if preferences.has_active_device() else []
