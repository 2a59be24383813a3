import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError } from 'kafka-runner';
import { checkDevice } from '../../../src/blender/check-device.ts';
import type { RenderReport } from '../../../src/blender/render-report.ts';
import { sceneEvent } from './scene-event.ts';

const names = ['A card'];
const scene = sceneEvent({ device: { requested: 'GPU', used: 'GPU', backend: 'OPTIX', names } });
const refused = { exitCode: 19, signal: null };

/** What Blender reported, as `render_frames.py` passes it on. */
const withError = (message: string): RenderReport => ({
  scene,
  frames: [],
  error: { event: 'error', code: 'render-error', message },
});

const lost = [
  // Blender 3.x to 5.x
  'Error: Illegal address in CUDA queue copy_from_device (integrator_shade_surface integrator_sorted_paths_array prefix_sum)',
  'Error: Launch failed in CUDA queue synchronize (integrator_intersect_closest)',
  'Error: Unknown error in HIP queue enqueue (integrator_init_from_camera)',
  'Error: Launch exceeded timeout in cuStreamSynchronize(cuda_stream_) (intern/cycles/device/cuda/queue.cpp:147)',
  'Error: Uncorrectable ECC error detected in cuCtxSynchronize() (intern/cycles/device/cuda/queue.cpp:82)',
  'Error: OPTIX_ERROR_LAUNCH_FAILURE in optixLaunch(pipeline, cuda_stream_, sbt_data_ptr, sizeof(KernelParamsOptiX), &sbt_params, launch_params.data_elements, 1, 1) (intern/cycles/device/optix/queue.cpp:118)',
  'Error: oneAPI unknown kernel execution error: got runtime exception "Native API failed. Native API returns: -20 (UR_RESULT_ERROR_DEVICE_LOST)"',
  // Blender 2.8x
  'Error: CUDA error: Illegal address in cuCtxSynchronize(), line 1934',
  'Error: CUDA error at cuCtxCreate: No CUDA-capable device available',
  // Of several, in whichever line
  'Error: Failed to render\nError: Launch failed in CUDA queue zero_to_device (integrator_reset)',
];

for (const message of lost) {
  test(message.slice(7, 90), () => {
    assert.throws(
      () => checkDevice(refused, withError(message), []),
      (error) =>
        error instanceof FailedError && error.code === 'device-lost' && error.message.includes('OPTIX, A card'),
    );
  });
}

test('what Blender only prints counts where it wrote no frame, or died', () => {
  const printed = [
    'Memory access fault by GPU node-1 (Agent handle: 0x556e9b7e3360) on address 0x7f52c3f5f000. Reason: Page not present or supervisor privilege.',
  ];
  const silent = withError('Blender wrote 0 of 1 frames; its log says why');
  assert.throws(() => checkDevice(refused, silent, printed), /Memory access fault by GPU node-1/);
  assert.throws(
    () => checkDevice({ exitCode: null, signal: 'SIGABRT' }, { scene, frames: [] }, printed),
    /access fault/,
  );
});

test("a scene that is too large for the device is the scene's fault", () => {
  for (const message of [
    'Error: Out of memory in CUDA queue enqueue (integrator_shade_volume)',
    'Error: System is out of GPU memory',
    'Error: Launch exceeded resources in HIP queue enqueue (integrator_shade_surface)',
    'Error: Invalid value in cuMemcpy2DUnaligned_v2(&param) (intern/cycles/device/cuda/device_impl.cpp:903)',
    'Error: OPTIX_ERROR_DEVICE_OUT_OF_MEMORY in optixAccelBuild(context, stream) (intern/cycles/device/optix/device_impl.cpp:1)',
    'Error: Cannot render, no camera',
  ])
    checkDevice(refused, withError(message), [message]);
});

test('nobody is believed who rendered on the CPU, has rendered all, or failed over something else', () => {
  const [message = ''] = lost;
  const onCpu = sceneEvent({ device: { requested: 'GPU', used: 'CPU', backend: null, names: [] } });
  checkDevice(refused, { ...withError(message), scene: onCpu }, [message]);
  const done = { event: 'done', framesWritten: 1, blockedScripts: null } as const;
  checkDevice({ exitCode: 0, signal: null }, { scene, frames: [], done }, [message]);
  const other = { event: 'error', code: 'asset-missing', message } as const;
  checkDevice(refused, { scene, frames: [], error: other }, [message]);
});
