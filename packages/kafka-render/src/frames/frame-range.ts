import { RejectedError } from 'kafka-runner';

/** Consecutive frames, both ends included. */
export type FrameRange = { readonly first: number; readonly last: number };

/** Blender's MAXFRAME: higher numbers are clamped to it, silently. */
export const highestFrame = 1_048_574;

/** The most frames that one job may ask for, unless configured otherwise. */
export const defaultMaxFrames = 100_000;

/**
 * The frames that a job asks for.
 * @throws {RejectedError} `too-many-frames`, or `frame-out-of-range` when Blender has no such frame.
 */
export function frameRange(startFrame: number, numFrames: number, maxFrames = defaultMaxFrames): FrameRange {
  if (numFrames > maxFrames) {
    throw new RejectedError(
      'too-many-frames',
      `numFrames is ${numFrames}, and a job may have at most ${maxFrames}: split it`,
    );
  }
  const range = { first: startFrame, last: startFrame + numFrames - 1 };
  if (range.first < 0 || range.last > highestFrame || range.last < range.first) {
    throw new RejectedError(
      'frame-out-of-range',
      `frames ${range.first} to ${range.last} are asked for, and Blender has frames 0 to ${highestFrame}`,
    );
  }
  return range;
}

/** The consecutive stretches of frames that are in order. */
export function rangesOf(frames: Iterable<number>): FrameRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const frame of frames) {
    const range = ranges.at(-1);
    if (range?.last === frame - 1) range.last = frame;
    else ranges.push({ first: frame, last: frame });
  }
  return ranges;
}

/** `1-3,7,9-12` */
export function formatRanges(ranges: readonly FrameRange[]): string {
  return ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** The numbers of the range, in order. */
export function* framesOf(range: FrameRange): Generator<number> {
  for (let frame = range.first; frame <= range.last; frame += 1) {
    yield frame;
  }
}
