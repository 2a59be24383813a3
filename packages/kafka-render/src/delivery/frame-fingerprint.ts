import { createHash } from 'node:crypto';
import { formatObjectPath } from 'kafka-runner';
import type { RenderRequest } from '../blender/blender-argv.ts';
import type { RenderJob } from '../render-job.ts';
import type { LocalAsset } from '../scene-cache/held-scenes.ts';

/** What decides the pixels of a job's frames, and whose they are. */
export interface FrameOrigin {
  readonly renderJob: Pick<RenderJob, 'scene' | 'output' | 'sender' | 'useGpu'>;
  readonly sceneEtag: string;
  /** What the frames use that lies beside the scene, sorted. */
  readonly assets: readonly LocalAsset[];
  readonly settings: Pick<RenderRequest, 'gpuMissing' | 'missingAssets' | 'blockedScripts' | 'allowScripts'>;
  readonly blenderVersion: string;
  /** Version of Kafka Render. */
  readonly version: string;
}

/**
 * Tells a frame from every other: from that of another job at the same place, of a changed scene, of other settings. It
 * holds nothing of the attempt, nor where the message stood in Kafka: a job that is sent again keeps what is delivered.
 */
export function frameFingerprint(origin: FrameOrigin, frame: number): string {
  const { renderJob, settings } = origin;
  const parts = [
    ['job', renderJob.sender.jobId, renderJob.sender.timestamp, formatObjectPath(renderJob.output)],
    ['scene', formatObjectPath(renderJob.scene), origin.sceneEtag, frame],
    ['assets', ...origin.assets.map(({ name, etag }) => [name, etag])],
    [
      'settings',
      renderJob.useGpu,
      settings.gpuMissing,
      settings.missingAssets,
      settings.blockedScripts,
      settings.allowScripts,
    ],
    ['programs', origin.version, origin.blenderVersion],
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
