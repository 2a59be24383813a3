import { FailedError } from 'kafka-runner';
import type { RenderReport } from './render-report.ts';
import type { ProcessEnd } from './render-verdict.ts';

/**
 * How Blender's sources call what no longer answers, or has done what it must not: `cuewErrorString` and `hipewErrorString` in
 * extern/cuew/src/cuew.c and extern/hipew/src/hipew.c, and `optixGetErrorName` of OptiX. Not those for a scene that is too
 * large for the device (out of memory, exceeded resources).
 */
const losses = [
  ...['Launch failed', 'Launch exceeded timeout', 'Illegal address', 'Illegal instruction', 'Misaligned address'],
  ...['Invalid address space', 'Invalid pc', 'Hardware stack error', 'Uncorrectable ECC error detected'],
  ...['Nvlink uncorrectable', 'Context is destroyed', 'Invalid context', 'Invalid device', 'Operating system'],
  ...['No CUDA-capable device available', 'No HIP-capable device available', 'Driver deinitialized', 'Unknown error'],
  'OPTIX_ERROR_(?:LAUNCH_FAILURE|CUDA_ERROR|CUDA_NOT_INITIALIZED|INVALID_DEVICE_CONTEXT|UNKNOWN)',
].join('|');

/** In which words Blender says that it has met one, from 2.8x to 5.x. */
const sayings = [
  // intern/cycles/device/cuda/queue.cpp and hip/queue.cpp: "%s in CUDA queue %s (%s)"
  `(?:${losses}) in (?:CUDA|HIP) queue \\w+`,
  // cuda/util.h, hip/util.h, optix/util.h: "%s in %s (%s:%d)"; device_cuda.cpp of 2.8x: "CUDA error: %s in %s, line %d"
  `(?:${losses}) in (?:cu[A-Z]|hip[A-Z]|optix[A-Z])\\w*\\(`,
  // device_cuda.cpp of 2.8x: "CUDA error at %s: %s"
  `CUDA error at cu\\w+: (?:${losses})`,
  // oneapi/queue.cpp: `got runtime exception "%s"`, with the name of Unified Runtime, or of its Plugin Interface before
  'got runtime exception ".*(?:UR_RESULT|PI)_ERROR_DEVICE_LOST',
  // The runtime of ROCm, which then ends the process with SIGABRT
  'Memory access fault by GPU node-\\d+',
];

const pattern = new RegExp(sayings.join('|'));

/**
 * A GPU that a frame was being rendered on is no use any more: that may be the machine's fault, not the scene's. It counts only
 * when rendering has failed, on a GPU.
 * @param output the last lines that Blender printed
 * @throws {FailedError} `device-lost`
 */
export function checkDevice(end: ProcessEnd, { scene, error, done }: RenderReport, output: readonly string[]): void {
  if (scene?.device.used !== 'GPU') return;
  const hasFailed = error ? error.code === 'render-error' : done === undefined || end.exitCode !== 0;
  if (!hasFailed) return;
  const said = [...(error?.message.split('\n') ?? []), ...output].find((line) => pattern.test(line));
  if (said === undefined) return;
  const { backend, names } = scene.device;
  throw new FailedError(
    'device-lost',
    `The GPU failed while rendering (${backend}, ${names.join(', ')}): ${said.trim()}`,
  );
}
