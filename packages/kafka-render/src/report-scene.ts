import type { Job } from 'kafka-runner';
import type { SceneEvent } from './blender/render-report.ts';

/** Says in the result's headers, and in the log where it matters, what rendered the frames and what was left out. */
export function reportScene({ blenderVersion, engine, device, blockedScripts }: SceneEvent, job: Job): void {
  job.headers.set('blender-version', blenderVersion);
  job.headers.set('engine', engine);
  job.headers.set('device', device.used);
  if (device.names.length > 0) job.headers.set('device-name', device.names.join(', '));
  if (device.requested === 'GPU' && device.used === 'CPU') {
    job.headers.set('gpu-missing', 'true');
    job.logger.warn({ code: 'gpu-missing' }, 'useGPU was asked for, there is no usable GPU: rendered on the CPU');
  }
  if (device.requested === 'GPU' && device.used === 'DRIVER') {
    // A driver that renders in software looks like any other from inside Blender.
    job.headers.set('gpu-missing', 'unknown');
    const message = `useGPU was asked for, ${engine} draws with the graphics driver: whether that uses a GPU is unknown`;
    job.logger.warn({ code: 'gpu-unknown' }, message);
  }
  if (blockedScripts !== null) {
    job.headers.set('scripts-blocked', blockedScripts);
    job.logger.warn({ code: 'scripts-blocked' }, `scripts of the scene were not run: ${blockedScripts}`);
  }
}
