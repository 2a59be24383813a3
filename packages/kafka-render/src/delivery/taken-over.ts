import type { Job } from 'kafka-runner';
import { framesOf, rangesOf, type FrameRange } from '../frames/frame-range.ts';
import type { DeliveredFrame } from './delivered-frames.ts';

/** Each range costs a rendering of its own, and their text an argument of at most 128 KiB. */
const mostRanges = 1_000;

/** What of a job is left to render; where that is very scattered, one range over all of it. */
export function rangesToRender(frames: FrameRange, delivered: ReadonlyMap<number, unknown>): FrameRange[] {
  const ranges = rangesOf([...framesOf(frames)].filter((frame) => !delivered.has(frame)));
  const [first, last] = [ranges[0], ranges.at(-1)];
  return ranges.length > mostRanges && first && last ? [{ first: first.first, last: last.last }] : ranges;
}

/** What was delivered before and was not rendered again. */
export function takenOverBeside(
  rendered: readonly FrameRange[],
  delivered: ReadonlyMap<number, DeliveredFrame>,
): DeliveredFrame[] {
  const again = new Set(rendered.flatMap((range) => [...framesOf(range)]));
  return [...delivered.values()].filter(({ frame }) => !again.has(frame));
}

/** Says in the result's headers how many frames are of earlier attempts. */
export function reportTakenOver(takenOver: readonly DeliveredFrame[], job: Job): void {
  if (takenOver.length > 0) job.headers.set('frames-delivered-before', String(takenOver.length));
}
