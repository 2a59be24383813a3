/**
 * The environment of a process that sees one GPU of the machine only, whichever backend it renders with. Not
 * `ROCR_VISIBLE_DEVICES`: HIP counts within what that leaves, and would look for the second of one. Metal has no such variable.
 * @param number as `nvidia-smi`, `rocm-smi` and `sycl-ls` count, each its own maker's devices from 0
 */
export function visibleDevice(number: number): Readonly<Record<string, string>> {
  const device = String(number);
  return {
    // CUDA and OptiX; by default the fastest is the first.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: device,
    HIP_VISIBLE_DEVICES: device,
    // oneAPI
    ZE_AFFINITY_MASK: device,
  };
}
