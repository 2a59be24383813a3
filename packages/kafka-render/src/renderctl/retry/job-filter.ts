import { jobName } from '../job-name.ts';
import type { FailedJob } from './failed-job.ts';

/** Which failed jobs are meant; what is undefined does not matter. */
export interface JobFilter {
  readonly codes?: readonly string[] | undefined;
  readonly jobIds?: readonly string[] | undefined;
  /** `topic/partition@offset` */
  readonly jobs?: readonly string[] | undefined;
  /** When the job ended, milliseconds since 1970: from the first moment up to, but not including, the second. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export function isMeant({ codes, jobIds, jobs, sinceMs, untilMs }: JobFilter, failed: FailedJob): boolean {
  const timeMs = Date.parse(failed.time);
  return (
    (codes === undefined || codes.includes(failed.code)) &&
    (jobIds === undefined || (failed.jobId !== undefined && jobIds.includes(failed.jobId))) &&
    (jobs === undefined || jobs.includes(jobName(failed.job))) &&
    (sinceMs === undefined || timeMs >= sinceMs) &&
    (untilMs === undefined || timeMs < untilMs)
  );
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A moment as people write it: `2026-03-01T12:00:00Z`, or `90m`, `2h`, `3d` ago. NaN for anything else. */
export function parseMoment(text: string, nowMs: number): number {
  const [, amount, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined) return nowMs - Number(amount) * unitMs[unit as keyof typeof unitMs];
  return /^\d{4}-\d\d-\d\d(T.*)?$/.test(text) ? Date.parse(text) : Number.NaN;
}
