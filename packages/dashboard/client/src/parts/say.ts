import type { JobRow } from '../../../src/api.ts';

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });

export function sayTime(ms: number | null): string {
  return ms === null || !Number.isFinite(ms) ? '' : dateTime.format(ms);
}

export function saySeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function sayTook({ submittedMs, endedMs }: JobRow): string {
  return submittedMs === null || endedMs === null ? '' : saySeconds(Math.max(0, endedMs - submittedMs) / 1_000);
}

/** Frames of the job as people write them. */
export function sayFrames({ startFrame, numFrames }: JobRow): string {
  const [first, count] = [startFrame ?? 0, numFrames ?? 1];
  return count === 1 ? String(first) : `${first}–${first + count - 1}`;
}
