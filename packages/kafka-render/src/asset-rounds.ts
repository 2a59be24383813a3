import { RejectedError } from 'kafka-runner';
import type { RenderRequest } from './blender/blender-argv.ts';
import type { RenderReport } from './blender/render-report.ts';
import type { StagedScene } from './scene-cache.ts';
import type { WantedAsset } from './scene-cache/needed-assets.ts';

type WhenMissing = NonNullable<RenderRequest['missingAssets']>;

/** A library may use another one, which is seen when the first is there. */
const mostRounds = 10;

/** How often Blender has been asked for the frames of an attempt, and with what beside the scene. */
export interface Round {
  readonly number: number;
  /** What was looked for beside the scene because Blender missed it. */
  readonly wanted: readonly WantedAsset[];
  /** With `fail` Blender tells what is missing, and renders nothing. */
  readonly missingAssets: WhenMissing;
}

export const firstRound: Round = { number: 1, wanted: [], missingAssets: 'fail' };

/** Once more, with what Blender missed, if it missed what was not looked for yet. */
export function roundWithMore({ number, wanted }: Round, { error }: RenderReport): Round | undefined {
  if (error?.code !== 'asset-missing' || number >= mostRounds) return undefined;
  const known = new Set(wanted.map(({ path }) => path));
  const more = (error.wanted ?? []).filter(({ path }) => !known.has(path));
  return more.length === 0 ? undefined : { number: number + 1, wanted: [...wanted, ...more], missingAssets: 'fail' };
}

/** Once more, without what is missing, where that is allowed. */
export function roundWithout(
  { number, wanted, missingAssets }: Round,
  { error }: RenderReport,
  whenMissing: WhenMissing | undefined,
): Round | undefined {
  const isAsked = error?.code === 'asset-missing' && missingAssets === 'fail' && whenMissing === 'warn';
  return isAsked ? { number: number + 1, wanted, missingAssets: whenMissing } : undefined;
}

/** What Blender said, and where the worker has looked. */
export function assetMissing({ error }: RenderReport, { absent }: Pick<StagedScene, 'absent'>): RejectedError {
  const [first] = absent;
  const more = absent.length > 1 ? ` (and so for ${absent.length - 1} more)` : '';
  return new RejectedError(
    'asset-missing',
    [error?.message, first && `${first.why}${more}`].filter(Boolean).join('. '),
  );
}
