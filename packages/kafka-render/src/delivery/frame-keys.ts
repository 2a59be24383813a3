import { highestFrame, type FrameRange } from '../frames/frame-range.ts';

/** A stretch of keys to list, in which a job's own main files lie, and little else. */
export interface KeyWindow {
  readonly prefix: string;
  readonly startAfter: string;
  /** Whether a key stands behind the window, where a listing can end. */
  readonly isBehind: (key: string) => boolean;
}

/**
 * Where the main files of frames lie below an output location: `out/0007.png` and the like. Names sort as text, numbers do
 * not, so that frames of four digits and of five have a window each: 9999 and 10000 do not follow each other.
 * @param location the key of the output location, empty for the bucket itself
 */
export function keyWindows(location: string, range: FrameRange): KeyWindow[] {
  const base = location === '' ? '' : `${location}/`;
  return byDigits(range).map(({ first, last }) => {
    const [from, to] = [numberInName(first), numberInName(last)];
    return {
      prefix: base + commonStart(from, to),
      startAfter: base + from,
      isBehind: (key) => key.slice(base.length, base.length + to.length) > to,
    };
  });
}

/** The frame that a key below the output location is named after, if it is one of the range's. */
export function frameOfKey(location: string, key: string, range: FrameRange): number | undefined {
  const name = location === '' ? key : key.slice(location.length + 1);
  const digits = /^(\d{4,7})[^/]*\.[^/]+$/.exec(name)?.[1];
  if (digits === undefined) return undefined;
  const frame = Number(digits);
  return numberInName(frame) === digits && frame >= range.first && frame <= range.last ? frame : undefined;
}

function numberInName(frame: number): string {
  return String(frame).padStart(4, '0');
}

function byDigits({ first, last }: FrameRange): FrameRange[] {
  const ends = [9_999, 99_999, 999_999, highestFrame];
  return ends.flatMap((end, index) => {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0) + 1;
    const part = { first: Math.max(first, start), last: Math.min(last, end) };
    return part.first <= part.last ? [part] : [];
  });
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
