import {
  isJsonObject,
  parseJson,
  stringifyJson,
  type FollowedRecord,
  type JsonObject,
  type RawRecord,
} from 'kafka-runner';
import type { DashboardTopics } from '../config.ts';
import { outcomeOf } from '../error-codes.ts';

/** Columns of a job that a record tells; what is undefined it does not. */
export interface JobFacts {
  readonly partition: number;
  readonly offset: number;
  readonly fields: Readonly<Record<string, string | number | null>>;
  /** `event`: heard only while no result or error record has been read, and nothing newer. */
  readonly kind: 'job' | 'end' | 'event' | 'mark';
}

export interface WorkerFacts {
  readonly kind: 'worker';
  readonly worker: string;
  readonly event: string;
  readonly heardMs: number;
}

/** What stands in a table, and travels to browsers, is bounded. */
const [maxText, maxPlace, maxMessage] = [300, 1_200, 8_000];

/** What a record says, if anything: anybody may write anything into a topic. */
export function readRecord(record: FollowedRecord, topics: DashboardTopics): JobFacts | WorkerFacts | undefined {
  const value = parse(record.value);
  if (record.topic === topics.jobs) return readJob(record, value);
  if (record.topic === topics.results) return readResult(record, value, topics.jobs);
  if (record.topic === topics.errors) return readError(record, value, topics.jobs);
  return readProgress(value, topics.jobs);
}

/** Every record of the input topic is a job, whatever it holds. */
function readJob(record: FollowedRecord, value: JsonObject): JobFacts {
  const sentMs = record.timestampMs ?? Date.now();
  const fields = { seen_ms: sentMs, submitted_ms: sentMs, ...ofJob(value), retry_of: header(record, 'retry-of') };
  return { kind: 'job', partition: record.partition, offset: record.offset, fields };
}

function readResult(record: FollowedRecord, value: JsonObject, jobs: string): JobFacts | undefined {
  const [topic, partition, offset] = ['job-topic', 'job-partition', 'job-offset'].map((name) => header(record, name));
  const place = placeOf({ topic, partition: Number(partition), offset: Number(offset) }, jobs);
  if (topic === null || place === undefined) return undefined;
  const job = isJsonObject(value['renderJob']) ? value['renderJob'] : {};
  const fields = { state: 'completed', code: null, message: null, ...ofJob(job), ...ofEnd(record) };
  return { kind: 'end', ...place, fields };
}

function readError(record: FollowedRecord, value: JsonObject, jobs: string): JobFacts | undefined {
  const place = placeOf(value, jobs);
  if (place === undefined) return undefined;
  if (value['kind'] === 'retry') return { kind: 'mark', ...place, fields: { was_sent_again: 1 } };
  if (value['kind'] !== 'job') return undefined;
  const code = text(value['code'], maxText) ?? '';
  const fields = { state: outcomeOf(code), code, message: text(value['message'], maxMessage), ...ofJob(value) };
  return { kind: 'end', ...place, fields: { ...fields, ...ofEnd(record), attempt: whole(value['attempts']) } };
}

/** Times of ends are those of Kafka: the one clock that all workers share. */
function ofEnd(record: FollowedRecord): JobFacts['fields'] {
  const endedMs = record.timestampMs ?? Date.now();
  const attempt = header(record, 'attempt');
  const end = { is_final: 1, ended_ms: endedMs, worker: header(record, 'worker'), phases: phasesOf(record) };
  return attempt === null ? end : { ...end, attempt: whole(Number(attempt)) };
}

function phasesOf({ headers }: RawRecord): string {
  const phases = headers.flatMap(([name, value]) => {
    const [, phase] = /^seconds-([\w-]{1,40})$/.exec(name) ?? [];
    const seconds = Number(value.toString());
    return phase === undefined || !Number.isFinite(seconds) ? [] : [{ phase, seconds }];
  });
  return JSON.stringify(phases);
}

const states = new Set(
  'accepted staged rendering uploading waiting kept completed failed rejected cancelled'.split(' '),
);
const ends = new Set(['completed', 'failed', 'rejected', 'cancelled']);

function readProgress(value: JsonObject, jobs: string): JobFacts | WorkerFacts | undefined {
  const timeMs = Date.parse(String(value['time']));
  if (Number.isNaN(timeMs)) return undefined;
  const worker = text(value['worker'], maxText);
  if (value['kind'] === 'worker' && worker !== null) {
    return { kind: 'worker', worker, event: stringifyJson(value).slice(0, 100_000), heardMs: timeMs };
  }
  const place = value['kind'] === 'job' ? placeOf(value, jobs) : undefined;
  const state = String(value['state']);
  if (place === undefined || !states.has(state)) return undefined;
  const known = { state, worker, progress_ms: timeMs, progress: progressOf(value), attempt: whole(value['attempt']) };
  const why = { code: text(value['code'], maxText), message: text(value['message'], maxMessage) };
  const ended = { ended_ms: ends.has(state) ? timeMs : null };
  return { kind: 'event', ...place, fields: { seen_ms: timeMs, ...known, ...why, ...ended, ...ofJob(value) } };
}

function progressOf(value: JsonObject): string {
  const { frame, sample, samples, etaSeconds, framesDone } = value;
  const numbers = Object.entries({ frame, sample, samples, etaSeconds, framesDone }).filter(([, n]) =>
    Number.isFinite(n),
  );
  const entered = (Array.isArray(value['states']) ? value['states'] : []).slice(-50).filter(isJsonObject);
  const listed = entered.map(({ state, time }) => ({ state: text(state, 40), time: text(time, 40) }));
  return JSON.stringify({ ...Object.fromEntries(numbers), states: listed });
}

/** A sender may write anything anywhere. */
function ofJob(
  value: JsonObject,
): Record<'job_id' | 'scene' | 'output' | 'start_frame' | 'num_frames', string | number | null> {
  return {
    job_id: text(value['jobId'], maxText),
    scene: text(value['scenePath'], maxPlace),
    // One that is cut would be another place.
    output: isPlace(value['outputLocation']) ? value['outputLocation'] : null,
    start_frame: whole(value['startFrame']),
    num_frames: whole(value['numFrames']),
  };
}

function isPlace(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxPlace;
}

function placeOf(value: JsonObject, jobs: string): { partition: number; offset: number } | undefined {
  const { topic, partition, offset } = value;
  if (topic !== jobs || !Number.isSafeInteger(partition) || !Number.isSafeInteger(offset)) return undefined;
  return { partition: Number(partition), offset: Number(offset) };
}

function whole(value: unknown): number | null {
  return Number.isSafeInteger(value) ? Number(value) : null;
}

function text(value: unknown, maxLength: number): string | null {
  if (value === undefined || value === null) return null;
  const all = typeof value === 'string' ? value : stringifyJson(value);
  return all.slice(0, maxLength).toWellFormed();
}

/** Of several headers of a name the last one holds. */
function header({ headers }: RawRecord, name: string): string | null {
  const value = headers.findLast((header_) => header_[0] === name)?.[1];
  return value === undefined ? null : text(value.toString(), maxText);
}

function parse(value: Buffer | null): JsonObject {
  try {
    const parsed = parseJson(value?.toString('utf8') ?? '');
    return isJsonObject(parsed) ? parsed : {};
  } catch (error) {
    // Not JSON, or nested too deep to be read.
    if (error instanceof SyntaxError || error instanceof RangeError) return {};
    throw error;
  }
}
