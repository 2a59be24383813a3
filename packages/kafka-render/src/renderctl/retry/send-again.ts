import { hostname } from 'node:os';
import {
  FailedError,
  stringifyJson,
  type RawContent,
  type RawHeader,
  type TopicReader,
  type TransactionalSender,
} from 'kafka-runner';
import { jobName } from '../job-name.ts';
import type { FailedJob } from './failed-job.ts';
import { fetchOriginals, type Original } from './originals.ts';

/** What became of a job: sent, and where its original was from; or why not. */
export type Sent = Original['source'] | 'gone' | 'too large';

export interface SendAgain {
  readonly reader: TopicReader;
  readonly sender: Pick<TransactionalSender, 'send'>;
  /** Told of each job, when its transaction is over. */
  readonly settled: (failed: FailedJob, sent: Sent) => void;
  /** Told after each batch. */
  readonly progress: () => void;
}

/** A transaction holds back the readers of both topics while it is open, and its records stand in memory. */
const maxRecords = 200;
const maxBytes = 8_000_000;

/**
 * Sends the jobs back to their topic and partition, in transactions that hold each job and the record that it was sent
 * (error topic, kind `retry`): both or neither. Throws what the sender throws; what was settled before stays.
 */
export async function sendAgain(jobs: readonly FailedJob[], parts: SendAgain): Promise<void> {
  for (const batch of batches(jobs)) {
    const originals = await fetchOriginals(parts.reader, batch);
    const there = batch.filter(({ job }) => originals.has(jobName(job)));
    for (const failed of batch) if (!there.includes(failed)) parts.settled(failed, 'gone');
    await sendBatch(there, originals, parts);
    parts.progress();
  }
}

/** One that no broker takes (the topic's limit was lowered) does not hold the others back. */
async function sendBatch(
  batch: readonly FailedJob[],
  originals: ReadonlyMap<string, Original>,
  parts: SendAgain,
): Promise<void> {
  if (batch.length === 0) return;
  const original = ({ job }: FailedJob): Original => originals.get(jobName(job)) as Original;
  try {
    await parts.sender.send(batch.flatMap((failed) => recordsFor(failed, original(failed))));
    for (const failed of batch) parts.settled(failed, original(failed).source);
  } catch (error) {
    if (!(error instanceof FailedError)) throw error;
    const [only, ...others] = batch;
    if (only && others.length === 0) return parts.settled(only, 'too large');
    const half = Math.ceil(batch.length / 2);
    await sendBatch(batch.slice(0, half), originals, parts);
    await sendBatch(batch.slice(half), originals, parts);
  }
}

export function* batches(jobs: readonly FailedJob[]): Generator<FailedJob[]> {
  let batch: FailedJob[] = [];
  let bytes = 0;
  for (const failed of jobs) {
    if (batch.length === maxRecords || (batch.length > 0 && bytes + failed.valueBytes > maxBytes)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(failed);
    bytes += failed.valueBytes;
  }
  if (batch.length > 0) yield batch;
}

type Outgoing = RawContent & { readonly topic: string; readonly partition: number };

/**
 * The job, and the marks that it was sent: one behind each of its error records, in the same partition, so that
 * retention never takes a mark and leaves the error record.
 */
function recordsFor(failed: FailedJob, original: Original): Outgoing[] {
  const { topic, partition } = failed.job;
  const marked = new Map(failed.records.map((place) => [place.partition, place.topic]));
  return [
    { topic, partition, key: original.key, value: original.value, headers: withRetryOf(original.headers, failed) },
    ...[...marked].map(([markPartition, markTopic]) => ({
      topic: markTopic,
      partition: markPartition,
      key: original.key,
      value: Buffer.from(stringifyJson(markOf(failed))),
      headers: [],
    })),
  ];
}

/** A job that failed again names the one before it. */
function withRetryOf(headers: readonly RawHeader[], { job }: FailedJob): RawHeader[] {
  return [...headers.filter(([name]) => name !== 'retry-of'), ['retry-of', Buffer.from(jobName(job))]];
}

/** `error_record.schema.json`, kind `retry`. */
export function markOf({ job, jobId }: Pick<FailedJob, 'job' | 'jobId'>): Readonly<Record<string, unknown>> {
  return {
    kind: 'retry',
    message: `job ${jobId ?? 'of unknown id'} (${jobName(job)}) was sent again`,
    topic: job.topic,
    partition: job.partition,
    offset: job.offset,
    time: new Date().toISOString(),
    runner: 'kafka-renderctl',
    host: hostname(),
  };
}
