import Table from 'cli-table3';
import { printable } from 'kafka-runner';
import { jobName } from '../job-name.ts';
import type { FailedJob } from './failed-job.ts';

export interface RetryRow {
  readonly failed: FailedJob;
  /** What happens, or happened. */
  readonly what: string;
}

/** No lines between rows. */
const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' } as const;

/** More rows help nobody; the sums below the table count all of them. */
const maxRows = 1_000;

export function retryTable(rows: readonly RetryRow[]): string {
  const table = new Table({
    head: ['job', 'jobId', 'code', 'why', 'ended', 'bytes', ''],
    style: { head: [], border: [] },
    chars,
  });
  for (const { failed, what } of rows.slice(0, maxRows)) {
    const { job, jobId = '', code, message, time, valueBytes } = failed;
    table.push([
      jobName(job),
      short(jobId, 24),
      short(code, 40),
      short(message, 60),
      short(time, 30),
      valueBytes,
      what,
    ]);
  }
  const more = rows.length - maxRows;
  return more > 0 ? `${table.toString()}\nand ${more} more` : table.toString();
}

/** `12 from the input topic, 1 sent before`: how many rows say what. */
export function sums(rows: readonly RetryRow[]): string {
  const counts = Map.groupBy(rows, ({ what }) => what);
  return [...counts].map(([what, { length }]) => `${length} ${what}`).join(', ');
}

/** Who writes records may write control characters: they do not reach the terminal. */
function short(text: string, length: number): string {
  const line = printable(text);
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** All of them, as one line of JSON. */
export function rowsJson(rows: readonly RetryRow[]): string {
  const jobs = rows.map(({ failed: { job, jobId, code, message, time, valueBytes }, what }) => {
    return { job: jobName(job), jobId, code, message, time, valueBytes, what };
  });
  return JSON.stringify({ jobs });
}
