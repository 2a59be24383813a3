import type { DatabaseSync } from 'node:sqlite';
import { isJsonObject, parseJson, printable, type JsonObject } from 'kafka-runner';
import {
  stages,
  type JobDetail,
  type JobPage,
  type JobRow,
  type JobState,
  type Stage,
  type StageCounts,
} from '../api.ts';
import { adviceFor } from '../error-codes.ts';

type Row = Readonly<Record<string, unknown>>;

export interface JobFilter {
  readonly stage?: Stage | undefined;
  /** A part of the name, the id, the scene or the output location; upper and lower case are the same. */
  readonly search?: string | undefined;
  /** `next` of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

const shown = `partition, "offset", state, stage, job_id, scene, output, start_frame, num_frames, submitted_ms, ended_ms,
  worker, code, progress, seen_ms`;

/** A page, the youngest job first. Pages hang on the last job of the one before, so that new jobs do not shift them. */
export function jobPage(database: DatabaseSync, inTopic: string, filter: JobFilter): JobPage {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  if (filter.stage !== undefined) {
    conditions.push('stage = ?');
    values.push(filter.stage);
  }
  for (const word of wordsOf(filter.search)) {
    conditions.push(`instr(lower(coalesce(job_id, '') || ' ' || coalesce(scene, '') || ' ' || coalesce(output, '') || ' ' ||
      ? || '-' || partition || '-' || "offset"), ?) > 0`);
    values.push(inTopic.toLowerCase(), word);
  }
  if (filter.before !== undefined) {
    conditions.push('(seen_ms, partition, "offset") < (?, ?, ?)');
    values.push(...cursor(filter.before));
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const order = 'ORDER BY seen_ms DESC, partition DESC, "offset" DESC LIMIT ?';
  const rows = database.prepare(`SELECT ${shown} FROM jobs ${where} ${order}`).all(...values, filter.limit + 1);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const more =
    rows.length > filter.limit && last ? [last['seen_ms'], last['partition'], last['offset']].join('.') : null;
  return { jobs: page.map((row) => toJobRow(row, inTopic)), next: more };
}

export function stageCounts(database: DatabaseSync): StageCounts {
  const rows = database.prepare('SELECT stage, count(*) AS count FROM jobs GROUP BY stage').all();
  const counts = new Map(rows.map((row) => [row['stage'], Number(row['count'])]));
  return Object.fromEntries(stages.map((stage) => [stage, counts.get(stage) ?? 0])) as unknown as StageCounts;
}

export function jobDetail(
  database: DatabaseSync,
  inTopic: string,
  partition: number,
  offset: number,
): JobDetail | undefined {
  const row = database.prepare('SELECT * FROM jobs WHERE partition = ? AND "offset" = ?').get(partition, offset);
  if (row === undefined) return undefined;
  const progress = progressOf(row);
  const code = textOf(row['code']);
  return {
    ...toJobRow(row, inTopic),
    attempt: numberOf(row['attempt']),
    message: textOf(row['message'])?.split('\n').map(printable).join('\n') ?? null,
    advice: adviceFor(code),
    phases: JSON.parse(textOf(row['phases']) ?? '[]') as JobDetail['phases'],
    states: (progress['states'] ?? []) as JobDetail['states'],
    frame: numberOf(progress['frame']),
    sample: numberOf(progress['sample']),
    samples: numberOf(progress['samples']),
    wasSentAgain: row['was_sent_again'] === 1,
    retryOf: visible(row['retry_of']),
  };
}

/** What the job's frames are looked for by: as its sender wrote it. */
export interface JobOutput {
  readonly output: string | null;
  readonly startFrame: number;
  readonly numFrames: number;
}

export function jobOutput(database: DatabaseSync, partition: number, offset: number): JobOutput | undefined {
  const row = database
    .prepare('SELECT output, start_frame, num_frames FROM jobs WHERE partition = ? AND "offset" = ?')
    .get(partition, offset);
  if (row === undefined) return undefined;
  // The defaults of a job that says nothing of its frames.
  const [startFrame, numFrames] = [numberOf(row['start_frame']) ?? 0, numberOf(row['num_frames']) ?? 1];
  return { output: textOf(row['output']), startFrame, numFrames };
}

function toJobRow(row: Row, inTopic: string): JobRow {
  const progress = progressOf(row);
  const [partition, offset] = [Number(row['partition']), Number(row['offset'])];
  return {
    partition,
    offset,
    name: `${inTopic}-${partition}-${offset}`,
    state: String(row['state']) as JobState,
    stage: String(row['stage']) as Stage,
    jobId: visible(row['job_id']),
    scene: visible(row['scene']),
    output: visible(row['output']),
    startFrame: numberOf(row['start_frame']),
    numFrames: numberOf(row['num_frames']),
    framesDone: numberOf(progress['framesDone']),
    submittedMs: numberOf(row['submitted_ms']),
    endedMs: numberOf(row['ended_ms']),
    worker: visible(row['worker']),
    code: visible(row['code']),
    etaSeconds: numberOf(progress['etaSeconds']),
  };
}

function progressOf(row: Row): JsonObject {
  const parsed = parseJson(textOf(row['progress']) ?? '{}');
  return isJsonObject(parsed) ? parsed : {};
}

function wordsOf(search: string | undefined): string[] {
  return (search ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 5);
}

function cursor(before: string): [number, number, number] {
  const [seenMs = 0, partition = 0, offset = 0] = before.split('.').map(Number);
  return [seenMs, partition, offset];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Without what would hide or reorder what a person reads. */
function visible(value: unknown): string | null {
  return typeof value === 'string' ? printable(value) : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
