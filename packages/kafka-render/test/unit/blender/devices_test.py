"""What kafka_render/devices.py chooses, with a stand-in for the preferences of Cycles: no machine has all of these GPUs.

The stand-in is as Blender is: `devices` is empty until it is told to look, an assignment of a backend that the build lacks is a
TypeError, a GPU renders when its backend is chosen and it is in use, and looking is `get_devices` up to 2.93.
"""

import os
import sys
import types
import unittest

bpy = types.ModuleType('bpy')
sys.modules['bpy'] = bpy
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../../../blender'))

from kafka_render import devices
from kafka_render.refusals import Refusal

BACKENDS = ('CUDA', 'OPTIX', 'HIP', 'ONEAPI', 'METAL')


class Device:
    def __init__(self, name, kind, works=True):
        self.name, self.type, self.works, self.use = name, kind, works, kind == 'CPU'


class Preferences:
    def __init__(self, *hardware, build=BACKENDS):
        self.devices = []
        self._hardware = [Device('A processor', 'CPU'), *hardware]
        self._build = ('NONE', *build)
        self._backend = 'NONE'

    @property
    def compute_device_type(self):
        return self._backend

    @compute_device_type.setter
    def compute_device_type(self, backend):
        if backend not in self._build:
            raise TypeError(f'enum "{backend}" not found in {self._build}')
        self._backend = backend

    def has_active_device(self):
        return any(device.use and device.works for device in self.devices if device.type == self._backend)

    def _look(self):
        self.devices = [device for device in self._hardware if device.type in ('CPU', self._backend)]


class CurrentPreferences(Preferences):
    def refresh_devices(self):
        self._look()

    def get_devices(self):
        raise AssertionError('it prints a warning since 3.0')


class OldPreferences(Preferences):
    def get_devices(self, _compute_device_type=''):
        self._look()


GENERATIONS = (CurrentPreferences, OldPreferences)


def scene_with(preferences, engine='CYCLES'):
    """A scene in a Blender that has these preferences; None: one without Cycles."""
    addons = {} if preferences is None else {'cycles': types.SimpleNamespace(preferences=preferences)}
    bpy.context = types.SimpleNamespace(preferences=types.SimpleNamespace(addons=addons))
    render = types.SimpleNamespace(engine=engine)
    # As a scene was saved: asking for a GPU is no proof of one.
    return types.SimpleNamespace(render=render, cycles=types.SimpleNamespace(device='GPU'))


def chosen(preferences, gpu_requested=True, gpu_missing='cpu'):
    scene = scene_with(preferences)
    device = devices.choose_device(scene, gpu_requested, gpu_missing)
    assert scene.cycles.device == device.used
    # Denoising goes by the preferences, not by the scene.
    assert preferences is None or (preferences.compute_device_type == 'NONE') == (device.used == 'CPU')
    return device._asdict()


def on_gpu(backend, *names):
    return {'requested': 'GPU', 'used': 'GPU', 'backend': backend, 'names': list(names)}


ON_CPU = {'requested': 'GPU', 'used': 'CPU', 'backend': None, 'names': []}
NOT_ASKED = {**ON_CPU, 'requested': 'CPU'}


class ChooseDevice(unittest.TestCase):
    def test_each_backend_in_each_generation(self):
        for generation in GENERATIONS:
            for backend in BACKENDS:
                with self.subTest(generation=generation.__name__, backend=backend):
                    preferences = generation(Device('A card', backend))
                    self.assertEqual(chosen(preferences), on_gpu(backend, 'A card'))
                    in_use = [device.name for device in preferences.devices if device.use]
                    self.assertEqual(in_use, ['A card'], 'the CPU does not render beside it')

    def test_each_backend_is_the_only_one_of_its_build(self):
        for backend in BACKENDS:
            with self.subTest(backend=backend):
                preferences = CurrentPreferences(Device('A card', backend), build=(backend,))
                self.assertEqual(chosen(preferences), on_gpu(backend, 'A card'))

    def test_a_backend_that_the_build_lacks_is_passed_over(self):
        for backend in BACKENDS:
            with self.subTest(backend=backend):
                others = [other for other in BACKENDS if other != backend]
                self.assertEqual(chosen(CurrentPreferences(Device('A card', backend), build=others)), ON_CPU)

    def test_a_build_without_any_backend(self):
        self.assertEqual(chosen(CurrentPreferences(build=())), ON_CPU)

    def test_a_blender_without_cycles(self):
        self.assertEqual(chosen(None), ON_CPU)
        self.assertEqual(chosen(None, gpu_requested=False), NOT_ASKED)

    def test_all_devices_of_a_backend_render(self):
        preferences = CurrentPreferences(Device('One', 'HIP'), Device('Two', 'HIP'))
        self.assertEqual(chosen(preferences), on_gpu('HIP', 'One', 'Two'))
        self.assertTrue(preferences.has_active_device())

    def test_optix_before_cuda_for_one_card(self):
        card = [Device('RTX', 'CUDA'), Device('RTX', 'OPTIX')]
        preferences = CurrentPreferences(*card)
        self.assertEqual(chosen(preferences), on_gpu('OPTIX', 'RTX'))
        self.assertEqual(preferences.compute_device_type, 'OPTIX')
        self.assertEqual(chosen(CurrentPreferences(Device('GTX', 'CUDA'))), on_gpu('CUDA', 'GTX'))

    def test_a_device_that_is_there_and_not_active(self):
        broken = Device('Driver too old', 'OPTIX', works=False)
        self.assertEqual(chosen(CurrentPreferences(broken)), ON_CPU)
        self.assertEqual(chosen(CurrentPreferences(broken, Device('RTX', 'CUDA'))), on_gpu('CUDA', 'RTX'))

    def test_no_device_and_none_is_not_good_enough(self):
        for preferences in (CurrentPreferences(), CurrentPreferences(Device('Broken', 'HIP', works=False)), None):
            with self.assertRaises(Refusal) as caught:
                devices.choose_device(scene_with(preferences), True, 'fail')
            self.assertEqual(caught.exception.code, 'gpu-missing')
        self.assertEqual(chosen(CurrentPreferences(Device('A card', 'HIP')), gpu_missing='fail')['used'], 'GPU')
        self.assertEqual(chosen(CurrentPreferences(), gpu_requested=False, gpu_missing='fail'), NOT_ASKED)

    def test_one_job_after_the_other_in_one_process(self):
        preferences = CurrentPreferences(Device('A card', 'METAL'))
        for _ in range(2):
            self.assertEqual(chosen(preferences), on_gpu('METAL', 'A card'))
            self.assertEqual(chosen(preferences, gpu_requested=False), NOT_ASKED)

    def test_other_engines_draw_with_the_driver(self):
        for engine in ('BLENDER_EEVEE', 'BLENDER_EEVEE_NEXT', 'BLENDER_WORKBENCH'):
            preferences = CurrentPreferences(Device('A card', 'CUDA'))
            device = devices.choose_device(scene_with(preferences, engine), True, 'fail')
            self.assertEqual(device, ('GPU', 'DRIVER', None, []))
            self.assertEqual(preferences.compute_device_type, 'NONE')


if __name__ == '__main__':
    unittest.main()
