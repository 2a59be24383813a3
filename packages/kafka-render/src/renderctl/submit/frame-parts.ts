import { ConfigError } from 'kafka-runner';
import type { FrameRange } from '../../frames/frame-range.ts';

/** Reads `1-250`, or `7`. Undefined for anything else. */
export function parseFrames(text: string): FrameRange | undefined {
  const [, first, last = first] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  return first !== undefined && range.first <= range.last ? range : undefined;
}

/** How many jobs an animation becomes: so many, or so many frames for each. By default one. */
export interface Split {
  readonly jobs?: number | undefined;
  readonly chunk?: number | undefined;
}

/** The frames of each job, in order: as even as it goes, and none without a frame. Throws ConfigError for two ways at once. */
export function splitFrames({ first, last }: FrameRange, { jobs, chunk }: Split): FrameRange[] {
  if (jobs !== undefined && chunk !== undefined) throw new ConfigError('--jobs and --chunk: give one of them');
  const count = last - first + 1;
  const parts = Math.min(count, chunk === undefined ? (jobs ?? 1) : Math.ceil(count / chunk));
  const start = (index: number): number =>
    chunk === undefined ? first + Math.floor((index * count) / parts) : first + index * chunk;
  return Array.from({ length: parts }, (_, index) => ({
    first: start(index),
    last: Math.min(last, start(index + 1) - 1),
  }));
}
