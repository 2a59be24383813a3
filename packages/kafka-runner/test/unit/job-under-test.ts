import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConsumedRecord } from '../../src/broker/port.ts';
import { CommandOutput } from '../../src/command/command-output.ts';
import type { JobAuthor, JobFlowContext, Delivery } from '../../src/job-flow.ts';
import { KafkaRunner } from '../../src/kafka-runner.ts';
import { OffsetWriter } from '../../src/offsets/offset-writer.ts';
import { OwnedPartitions, type OwnedPartition } from '../../src/offsets/owned-partitions.ts';
import { aRecord } from './a-record.ts';
import { RecordingBroker } from './recording-broker.ts';
import { recordingLogger } from './recording-logger.ts';

export interface JobUnderTest {
  readonly delivery: Delivery;
  readonly context: JobFlowContext;
  readonly broker: RecordingBroker;
  readonly lines: Record<string, unknown>[];
  readonly shutdown: AbortController;
  readonly revoke: () => void;
}

/** One delivered record, with everything around it real but the broker and the command, which ends with 0. */
export function jobUnderTest(author: Partial<JobAuthor> = {}, record: ConsumedRecord = aRecord()): JobUnderTest {
  const broker = new RecordingBroker();
  const { logger, lines } = recordingLogger();
  const partitions = new OwnedPartitions();
  partitions.assign([record]);
  const owned = partitions.of(record) as OwnedPartition;
  owned.ledger.deliver(record.offset);
  const shutdown = new AbortController();
  const signal = AbortSignal.any([owned.signal, shutdown.signal]);
  const context: JobFlowContext = {
    author: authorWith(author),
    producer: broker,
    offsets: new OffsetWriter(broker, logger),
    outTopic: 'out',
    errorTopic: 'errors',
    jobTimeoutMs: undefined,
    maxMessageBytes: 1_000_000,
    runner: 'test',
    worker: 'host-1',
    openJob,
    runCommand: async () => ({ exitCode: 0, signal: null, elapsedSeconds: 0.5 }),
  };
  const delivery = { record, owned, signal, attempt: 1, logger };
  return { delivery, context, broker, lines, shutdown, revoke: () => partitions.revoke([record]) };
}

/** The base's own decisions, but for those that a test is about. */
function authorWith(author: Partial<JobAuthor>): JobAuthor {
  return Object.assign(new KafkaRunner({ inTopic: 'jobs', bootstrapServers: ['none:1'] }), author);
}

async function openJob({ record, signal, attempt, logger }: Delivery): ReturnType<JobFlowContext['openJob']> {
  const { topic, partition, offset } = record;
  const folder = await mkdtemp(path.join(tmpdir(), 'job-'));
  const resources = new AsyncDisposableStack();
  resources.defer(() => rm(folder, { recursive: true }));
  const about = { topic, partition, offset, attempt, signal, logger };
  const folders = { folder, temporaryFolder: folder };
  const progress = (): void => undefined;
  return { ...about, ...folders, output: new CommandOutput(), headers: new Map(), progress, resources };
}
