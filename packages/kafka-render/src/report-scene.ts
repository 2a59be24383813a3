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
 * Says in the result's headers, and in the log where it matters, what rendered the frames and what was left out. The
 * frames of one job may come from several attempts, each on a machine of its own.
 */
export function reportScene(provenances: readonly Provenance[], job: Job): void {
  setHeader(job, 'blender-version', provenances, ({ blenderVersion }) => [blenderVersion]);
  setHeader(job, 'engine', provenances, ({ engine }) => [engine]);
  setHeader(job, 'device', provenances, ({ device }) => [device.used]);
  setHeader(job, 'device-backend', provenances, ({ device }) => device.backend ?? []);
  setHeader(job, 'device-name', provenances, ({ device }) =>
    device.names.length > 0 ? [device.names.join(', ')] : [],
  );
  setHeader(job, 'threads', provenances, ({ threads }) => threads?.toString() ?? []);
  setHeader(job, 'scripts-blocked', provenances, ({ blockedScripts }) => blockedScripts ?? []);
  setHeader(job, 'missing-assets', provenances, ({ missingAssets }) => missingAssets ?? []);
  reportDevice(provenances, job);
  const blocked = job.headers.get('scripts-blocked');
  if (blocked !== undefined) {
    job.logger.warn({ code: 'scripts-blocked' }, `scripts of the scene were not run: ${blocked}`);
  }
  const missing = job.headers.get('missing-assets');
  if (missing !== undefined) job.logger.warn({ code: 'asset-missing' }, `rendered without what is missing: ${missing}`);
}

function reportDevice(provenances: readonly Provenance[], job: Job): void {
  const wantedGpu = provenances.filter(({ device }) => device.requested === 'GPU');
  if (wantedGpu.some(({ device }) => device.used === 'CPU')) {
    job.headers.set('gpu-missing', 'true');
    job.logger.warn({ code: 'gpu-missing' }, 'useGPU was asked for, there is no usable GPU: rendered on the CPU');
  }
  const drawn = wantedGpu.find(({ device }) => device.used === 'DRIVER');
  if (drawn) {
    // A driver that renders in software looks like any other from inside Blender.
    job.headers.set('gpu-missing', 'unknown');
    const message = `useGPU was asked for, ${drawn.engine} draws with the graphics driver: whether that uses a GPU is unknown`;
    job.logger.warn({ code: 'gpu-unknown' }, message);
  }
}

/** What differs between the frames is named once each. */
function setHeader(
  job: Job,
  name: string,
  provenances: readonly Provenance[],
  valuesOf: (provenance: Provenance) => string | readonly string[],
): void {
  const values = new Set(provenances.flatMap(valuesOf));
  if (values.size > 0) job.headers.set(name, [...values].join(', '));
}
