import assert from 'node:assert/strict';
import path from 'node:path';
import { runPython } from '../../../../lab/python.ts';
import { assertKeepsSecrets } from '../../../../lab/secrets.ts';
import { parseJson, type JsonObject } from '../../src/json.ts';

/** Where a runner reads and writes. Without a group: what any group has committed is looked at. */
export interface RunnerTopics {
  readonly bootstrapServers: readonly string[];
  readonly inTopic: string;
  readonly outTopic: string;
  readonly errorTopic: string;
  readonly groupId: string | undefined;
}

/** A record as Python's kafka-python reads it; key and value as text. */
export interface SeenRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a job ended with: a result, or an error record of kind `job`. */
export interface TerminalRecord {
  /** `topic/partition@offset` of the job. */
  readonly job: string;
  readonly kind: 'result' | 'error';
  readonly value: JsonObject;
  readonly record: SeenRecord;
}

/** For each partition an offset; partitions without one are missing. */
type Offsets = Readonly<Record<string, number>>;

/** What an outsider sees of a runner's work. */
export interface Seen {
  /** `topic/partition@offset` of every record of the input topic. */
  readonly jobs: readonly string[];
  readonly terminals: readonly TerminalRecord[];
  /** Error records of kind `log`. */
  readonly logLines: readonly JsonObject[];
  readonly ends: Offsets;
  readonly committed: Offsets;
}

/**
 * Looks at everything with a client that is not ours.
 * @param terminals how many terminal records to wait for, half a minute at most; by default at least one for each job
 */
export async function look(topics: RunnerTopics, terminals?: number): Promise<Seen> {
  const { bootstrapServers, inTopic, outTopic, errorTopic, groupId = '-' } = topics;
  const args = [bootstrapServers.join(','), inTopic, outTopic, errorTopic, groupId, String(terminals ?? 'all'), '30'];
  const text = await runPython(path.join(import.meta.dirname, 'look.py'), args);
  assertKeepsSecrets(text, 'a topic');
  const raw = JSON.parse(text) as RawLook;
  const errors = raw.errors.map(decode).map(toError);
  return {
    jobs: raw.jobs.map(nameOf),
    terminals: [...raw.results.map(decode).map(toResult), ...errors.filter(({ value }) => value['kind'] === 'job')],
    logLines: errors.filter(({ value }) => value['kind'] !== 'job').map(({ value }) => value),
    ends: raw.ends,
    committed: raw.committed,
  };
}

/**
 * The promises, for a runner whose jobs are all over: no job lost, exactly one terminal record each, none for a job
 * that nobody sent, and everything committed.
 */
export function assertAllDone({ jobs, terminals, ends, committed }: Seen): void {
  assert.deepEqual(terminals.map(({ job }) => job).toSorted(), jobs.toSorted(), 'one terminal record for each job');
  const used = Object.fromEntries(Object.entries(ends).filter(([, end]) => end > 0));
  assert.deepEqual(committed, used, 'everything is committed');
}

/** The promise that holds at any moment: what is committed is never above a job without a terminal record. */
export function assertNothingLost({ jobs, terminals, committed }: Seen): void {
  const done = new Set(terminals.map(({ job }) => job));
  for (const job of jobs.filter((name) => !done.has(name))) {
    const [, partition = '', offset = ''] = /\/(\d+)@(\d+)$/.exec(job) ?? [];
    const position = committed[partition] ?? 0;
    assert.ok(position <= Number(offset), `${job} is not over, but ${position} is committed`);
  }
}

interface RawLook {
  readonly jobs: readonly SeenRecord[];
  readonly results: readonly SeenRecord[];
  readonly errors: readonly SeenRecord[];
  readonly ends: Offsets;
  readonly committed: Offsets;
}

/** Keys and values travel in base64. */
function decode(record: SeenRecord): SeenRecord {
  const asText = (base64: string | null): string | null =>
    base64 === null ? null : Buffer.from(base64, 'base64').toString('utf8');
  return { ...record, key: asText(record.key), value: asText(record.value) };
}

function toResult(record: SeenRecord): TerminalRecord {
  const { 'job-topic': topic = '', 'job-partition': partition, 'job-offset': offset } = record.headers;
  const job = nameOf({ topic, partition: Number(partition), offset: Number(offset) });
  return { job, kind: 'result', value: parseJson(record.value ?? '') as JsonObject, record };
}

function toError(record: SeenRecord): TerminalRecord {
  const value = parseJson(record.value ?? '') as JsonObject & Pick<SeenRecord, 'topic' | 'partition' | 'offset'>;
  return { job: nameOf(value), kind: 'error', value, record };
}

function nameOf({ topic, partition, offset }: Pick<SeenRecord, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${partition}@${offset}`;
}
