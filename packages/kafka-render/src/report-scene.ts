import type { Job } from 'kafka-runner';
import type { SceneEvent } from './blender/render-report.ts';

/** What rendered a frame, and what of its scene was left out. */
export type Provenance = Pick<
  SceneEvent,
  'blenderVersion' | 'engine' | 'device' | 'blockedScripts' | 'missingAssets'
> & {
  readonly threads?: number | undefined;
};

/**
 * Says in the headers of the result, or of the error record, what rendered the frames and what was left out. The frames of one
 * job may come from several attempts, each on a machine of its own: what differs between them is named once each.
 */
export function setProvenance(provenances: readonly Provenance[], job: Job): void {
  const set = (name: string, valuesOf: (provenance: Provenance) => string | readonly string[]): void => {
    const values = new Set(provenances.flatMap(valuesOf));
    if (values.size > 0) job.headers.set(name, [...values].join(', '));
  };
  set('blender-version', ({ blenderVersion }) => [blenderVersion]);
  set('engine', ({ engine }) => [engine]);
  set('device', ({ device }) => [device.used]);
  set('device-backend', ({ device }) => device.backend ?? []);
  set('device-name', ({ device }) => (device.names.length > 0 ? [device.names.join(', ')] : []));
  set('threads', ({ threads }) => threads?.toString() ?? []);
  set('scripts-blocked', ({ blockedScripts }) => blockedScripts ?? []);
  set('missing-assets', ({ missingAssets }) => missingAssets ?? []);
  const usedForGpu = provenances.flatMap(({ device }) => (device.requested === 'GPU' ? [device.used] : []));
  // A driver that renders in software looks like any other from inside Blender.
  if (usedForGpu.includes('DRIVER')) job.headers.set('gpu-missing', 'unknown');
  else if (usedForGpu.includes('CPU')) job.headers.set('gpu-missing', 'true');
}

/** The same for a result, and in the log where it matters. */
export function reportScene(provenances: readonly Provenance[], job: Job): void {
  setProvenance(provenances, job);
  warnOfDevice(provenances, job);
  const blocked = job.headers.get('scripts-blocked');
  if (blocked !== undefined) {
    job.logger.warn({ code: 'scripts-blocked' }, `scripts of the scene were not run: ${blocked}`);
  }
  const missing = job.headers.get('missing-assets');
  if (missing !== undefined) job.logger.warn({ code: 'asset-missing' }, `rendered without what is missing: ${missing}`);
}

function warnOfDevice(provenances: readonly Provenance[], { logger }: Job): void {
  const wantedGpu = provenances.filter(({ device }) => device.requested === 'GPU');
  if (wantedGpu.some(({ device }) => device.used === 'CPU'))
    logger.warn({ code: 'gpu-missing' }, 'useGPU was asked for, there is no usable GPU: rendered on the CPU');
  const drawn = wantedGpu.find(({ device }) => device.used === 'DRIVER');
  if (!drawn) return;
  const message = `useGPU was asked for, ${drawn.engine} draws with the graphics driver: whether that uses a GPU is unknown`;
  logger.warn({ code: 'gpu-unknown' }, message);
}
