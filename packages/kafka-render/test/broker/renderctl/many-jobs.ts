import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOf, start, type CtlEnd } from './ctl-under-test.ts';
import { RawProducer, type RawOutgoing } from './raw-producer.ts';

export interface ManyTopics {
  readonly jobs: string;
  readonly results: string;
  readonly errors: string;
  readonly partitions: number;
}

/** Fills each of three topics with so many small records: jobs, a result for each of them, and log lines. */
export async function sendMany(servers: readonly string[], topics: ManyTopics, count: number): Promise<void> {
  await using producer = await RawProducer.connect(servers);
  await producer.send(manyRecords(topics, count));
}

function* manyRecords({ jobs, results, errors, partitions }: ManyTopics, count: number): Generator<RawOutgoing> {
  const logLine = {
    kind: 'log',
    level: 'error',
    message: 'x'.repeat(200),
    time: '2026-03-01T12:00:00.000Z',
    runner: 'r',
    host: 'h',
  };
  for (let id = 0; id < count; id += 1) {
    const partition = id % partitions;
    const timestamp = 1_700_000_000 + id;
    const job = { jobId: id, timestamp, scenePath: 'scenes/shot.blend', outputLocation: `frames/${id}` };
    yield { topic: jobs, partition, value: Buffer.from(JSON.stringify(job)) };
    yield {
      topic: results,
      partition,
      value: Buffer.from(JSON.stringify({ renderJob: job, timestamp, elapsedTime: 1 })),
      headers: [
        ['job-topic', jobs],
        ['job-partition', String(partition)],
        ['job-offset', String(Math.floor(id / partitions))],
        ['attempt', '1'],
        ['worker', 'render-7/1234'],
      ],
    };
    yield { topic: errors, partition, value: Buffer.from(JSON.stringify(logLine)) };
  }
}

export interface Measured extends CtlEnd {
  readonly seconds: number;
  /** Largest resident memory. */
  readonly peakBytes: number;
}

/** Runs kafka-renderctl, start of the process included. */
export async function measureCtl(args: readonly string[]): Promise<Measured> {
  const startedMs = performance.now();
  const child = start(args);
  const ended = endOf(child);
  let peakBytes = 0;
  const watch = new AbortController();
  void ended.finally(() => watch.abort());
  while (!watch.signal.aborted) {
    peakBytes = Math.max(peakBytes, await highWaterMark(child.pid));
    await sleep(100);
  }
  return { ...(await ended), seconds: (performance.now() - startedMs) / 1_000, peakBytes };
}

async function highWaterMark(pid: number | undefined): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
  } catch {
    // It has ended.
    return 0;
  }
}
