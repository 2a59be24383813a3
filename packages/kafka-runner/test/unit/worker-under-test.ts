import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { ConsumedRecord, ConsumerListener, StartPosition } from '../../src/broker/port.ts';
import type { Control } from '../../src/control/control.ts';
import type { JobEvents } from '../../src/job-events.ts';
import { KafkaRunner } from '../../src/kafka-runner.ts';
import type { Message } from '../../src/message.ts';
import { WorkerHealth } from '../../src/metrics/worker-health.ts';
import { Settlements } from '../../src/offsets/settlements.ts';
import type { KafkaRunnerOptions } from '../../src/options.ts';
import { workerIdentity } from '../../src/worker-identity.ts';
import { StallWatchdog } from '../../src/stall-watchdog.ts';
import { Worker } from '../../src/worker.ts';
import { aControl } from './a-control.ts';
import { aRecord } from './a-record.ts';
import { RecordingCommitter } from './recording-committer.ts';
import { recordingLogger } from './recording-logger.ts';

/** A job is a shell script, and its answer says so. */
class Shell extends KafkaRunner<{ run: string }> {
  override msgToCommand({ value }: Message<{ run: string }>): string[] {
    return ['sh', '-c', value.run];
  }

  override makeResponse({ value }: Message<{ run: string }>): { ran: string } {
    return { ran: value.run };
  }
}

export interface WorkerUnderTest {
  readonly worker: Worker;
  /** Takes orders, as `host-1`. */
  readonly control: Control;
  readonly committer: RecordingCommitter;
  readonly events: JobEvents;
  readonly health: WorkerHealth;
  readonly lines: Record<string, unknown>[];
  /** The offset after the last record of each partition, as Kafka says; none, unless a test says otherwise. */
  readonly ends: StartPosition[];
  /** What Kafka says; there from the start of `run`. */
  readonly kafka: () => ConsumerListener;
  /** Kafka delivers a job of `jobs`. */
  readonly deliver: (partition: number, offset: number, run: string) => void;
  readonly deliverMessage: (about: Partial<ConsumedRecord>, message: { run: string; jobId?: number }) => void;
  /** Waits until something can be seen. */
  readonly until: (isSeen: () => boolean) => Promise<void>;
}

/** A worker with all its parts but Kafka, which owns the partitions 0 and 1. */
export async function workerUnderTest(
  t: TestContext,
  options: Partial<KafkaRunnerOptions> = {},
  positions: Partial<StartPosition>[] = [{}, {}],
): Promise<WorkerUnderTest> {
  const jobsFolder = await mkdtemp(path.join(tmpdir(), 'worker-test-'));
  t.after(() => rm(jobsFolder, { recursive: true }));
  const author = new Shell({ inTopic: 'jobs', outTopic: 'out', bootstrapServers: ['none:1'], jobsFolder, ...options });
  const { logger, lines } = recordingLogger();
  const committer = new RecordingCommitter();
  let listener: ConsumerListener | undefined;
  const start = async (started: ConsumerListener): Promise<void> => {
    listener = started;
    started.assigned(positions.map((at, partition) => ({ topic: 'jobs', partition, offset: 0, metadata: '', ...at })));
  };
  const ends: StartPosition[] = [];
  const control = aControl();
  const consumer = { start, pause: () => {}, resume: () => {}, stop: () => {}, ends: async () => ends };
  const kafka = (): ConsumerListener => listener ?? started();
  const watchdog = new StallWatchdog();
  const health = new WorkerHealth({ isStalled: () => watchdog.isStalled, maxSilentMs: 1_000 });
  const worker = new Worker({
    ...{ settings: author.settings, author, consumer, logger },
    ...{ settlements: new Settlements(committer, logger), identity: workerIdentity(), runner: 'test' },
    ...{ watchdog, health, control, events: author.jobEvents },
  });
  const deliverMessage = (about: Partial<ConsumedRecord>, message: { run: string; jobId?: number }): void =>
    kafka().record(aRecord({ ...about, value: Buffer.from(JSON.stringify(message)) }));
  const deliver = (partition: number, offset: number, run: string): void =>
    deliverMessage({ partition, offset }, { run });
  const until = async (isSeen: () => boolean): Promise<void> => {
    while (!isSeen()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const about = { worker, control, committer, events: author.jobEvents, health, lines, ends };
  return { ...about, kafka, deliver, deliverMessage, until };
}

function started(): never {
  throw new Error('the worker has not started');
}
