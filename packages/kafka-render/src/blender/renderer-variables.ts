/** What Blender, its libraries and the drivers of graphics devices read of the environment; nothing here is a secret. */
export const rendererVariables = [
  ...['BLENDER_*', 'CYCLES_*', 'OCIO', 'OIDN_*'],
  ...['CUDA_*', 'NVIDIA_*', 'OPTIX_*', 'HIP_*', 'ROCR_*', 'HSA_*', 'GPU_*', 'ONEAPI_*', 'SYCL_*', 'ZE_*', 'ZES_*'],
  ...['LIBGL_*', 'MESA_*', 'GALLIUM_*', 'LP_*', 'EGL_*', 'GBM_*', 'VK_*', '__GL*', '__EGL*', '__NV*'],
];
