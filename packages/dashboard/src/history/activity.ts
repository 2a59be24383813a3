import type { DatabaseSync } from 'node:sqlite';
import { isJsonObject, parseJson, printable } from 'kafka-runner';
import type { Activity, WorkerRow } from '../api.ts';

const dayMs = 86_400_000;

/** A worker tells of itself every 5 s. */
const silentAfterMs = 20_000;

/**
 * Jobs that ended, and jobs that waited, over time: of the times of the records, so that it is known also for the time
 * before the dashboard was started.
 */
export function activity(database: DatabaseSync, hours: number, nowMs = Date.now()): Activity {
  const bucketMs = (hours * 3_600_000) / 60;
  const endMs = Math.ceil(nowMs / bucketMs) * bucketMs;
  const startMs = endMs - 60 * bucketMs;
  const [sent, ended, completed] = [
    countsOf(database, 'submitted_ms', 'submitted_ms IS NOT NULL', startMs, bucketMs),
    countsOf(database, 'ended_ms', 'submitted_ms IS NOT NULL', startMs, bucketMs),
    countsOf(database, 'ended_ms', "stage = 'completed'", startMs, bucketMs),
  ];
  const all = countsOf(database, 'ended_ms', 'TRUE', startMs, bucketMs);
  let lag = (sent.get(-1) ?? 0) - (ended.get(-1) ?? 0);
  const buckets = Array.from({ length: 60 }, (_, index) => {
    lag += (sent.get(index) ?? 0) - (ended.get(index) ?? 0);
    const done = completed.get(index) ?? 0;
    return { startMs: startMs + index * bucketMs, completed: done, failed: (all.get(index) ?? 0) - done, lag };
  });
  return { bucketSeconds: bucketMs / 1_000, buckets };
}

/** By bucket; -1: all before the first one. */
function countsOf(
  database: DatabaseSync,
  column: 'submitted_ms' | 'ended_ms',
  condition: string,
  startMs: number,
  bucketMs: number,
): Map<number, number> {
  const bucket = `CASE WHEN ${column} < ? THEN -1 ELSE CAST((${column} - ?) / ? AS INTEGER) END`;
  const rows = database
    .prepare(
      `SELECT ${bucket} AS bucket, count(*) AS count FROM jobs WHERE ${column} IS NOT NULL AND ${condition} GROUP BY 1`,
    )
    .all(startMs, startMs, bucketMs);
  return new Map(rows.map((row) => [Number(row['bucket']), Number(row['count'])]));
}

/** Those that were heard of in the last day, and those that ended jobs in it. */
export function workerRows(database: DatabaseSync, nowMs = Date.now()): WorkerRow[] {
  const ended = database
    .prepare('SELECT worker, count(*) AS count FROM jobs WHERE ended_ms > ? AND worker IS NOT NULL GROUP BY worker')
    .all(nowMs - dayMs);
  const counts = new Map(ended.map((row) => [String(row['worker']), Number(row['count'])]));
  const told = database.prepare('SELECT * FROM workers WHERE heard_ms > ?').all(nowMs - dayMs);
  const rows = told.map((row) => toWorkerRow(String(row['worker']), row, counts, nowMs));
  const names = new Set(told.map((row) => String(row['worker'])));
  const untold = [...counts.keys()].filter((worker) => !names.has(worker));
  return [...rows, ...untold.map((worker) => toWorkerRow(worker, {}, counts, nowMs))];
}

function toWorkerRow(
  worker: string,
  { event, heard_ms: heard }: Readonly<Record<string, unknown>>,
  counts: ReadonlyMap<string, number>,
  nowMs: number,
): WorkerRow {
  const told = typeof event === 'string' ? parseEvent(event) : {};
  const heardMs = typeof heard === 'number' ? heard : null;
  const isSilent = heardMs !== null && told['state'] !== 'stopped' && nowMs - heardMs > silentAfterMs;
  const partitions = Array.isArray(told['partitions']) ? told['partitions'].filter(isJsonObject) : null;
  const lags = partitions?.map(({ lag }) => lag).filter((lag) => typeof lag === 'number') ?? [];
  return {
    worker: printable(worker),
    state: isSilent ? 'silent' : stateOf(told['state']),
    version: shortOf(told['version']),
    slots: numberOf(told['slots']),
    busy: numberOf(told['busy']),
    lag: lags.length === 0 ? null : lags.reduce((sum, lag) => sum + lag, 0),
    partitions: partitions?.length ?? null,
    heardMs,
    ended: counts.get(worker) ?? 0,
  };
}

function parseEvent(event: string): Readonly<Record<string, unknown>> {
  try {
    const parsed = parseJson(event);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    // It was cut: far too long for one of ours.
    return {};
  }
}

/** Those of `progress_event.schema.json`. */
function stateOf(value: unknown): string {
  return ['running', 'paused', 'draining', 'stopped'].find((state) => state === value) ?? 'unknown';
}

function shortOf(value: unknown): string {
  return typeof value === 'string' ? printable(value.slice(0, 100)) : '';
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
