import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConsumedRecord } from '../../src/broker/port.ts';
import { CommandOutput } from '../../src/command/command-output.ts';
import { Cancelling } from '../../src/control/cancelling.ts';
import type { Control } from '../../src/control/control.ts';
import type { FailedError } from '../../src/errors.ts';
import type { JobAuthor, JobFlowContext, Delivery } from '../../src/job-flow.ts';
import { JobEvents } from '../../src/job-events.ts';
import { JobPhases } from '../../src/job-phases.ts';
import { KafkaRunner } from '../../src/kafka-runner.ts';
import { encodeMetadata, type Attempts } from '../../src/offsets/position-metadata.ts';
import { Settlements } from '../../src/offsets/settlements.ts';
import { aControl } from './a-control.ts';
import { aPartition } from './a-partition.ts';
import { aRecord } from './a-record.ts';
import { RecordingCommitter } from './recording-committer.ts';
import { recordingLogger } from './recording-logger.ts';

export interface JobUnderTest {
  readonly delivery: Delivery;
  readonly context: JobFlowContext;
  readonly committer: RecordingCommitter;
  readonly settlements: Settlements;
  readonly lines: Record<string, unknown>[];
  readonly shutdown: AbortController;
  /** Takes orders. */
  readonly control: Control;
  /** Its partition is taken away: the job has to stop. */
  readonly lose: () => void;
  /** Its partition is somebody else's. */
  readonly close: () => void;
  /** What the next owner of the partition learns of the job from what was committed last; undefined: it is finished. */
  readonly found: () => Attempts | undefined;
}

/** One record that was delivered and begun, with everything around it real but the broker and the command, which ends with 0. */
export function jobUnderTest(
  author: Partial<JobAuthor> = {},
  record: ConsumedRecord = aRecord(),
  earlierAttempts = 0,
): JobUnderTest {
  const committer = new RecordingCommitter();
  const { logger, lines } = recordingLogger();
  const attempts = new Map([[record.offset, { count: earlierAttempts, running: false }]]);
  const { owned, lose, close } = aPartition({
    ...record,
    metadata: encodeMetadata(record.offset, { done: [], attempts }),
  });
  owned.ledger.deliver(record.offset);
  const attempt = owned.ledger.begin(record.offset);
  const shutdown = new AbortController();
  const settlements = new Settlements(committer, logger);
  const cancelled = new AbortController();
  const control = aControl();
  const whole = authorWith(author);
  const maxMessageBytes = 1_000_000;
  const cancelling = new Cancelling({ control, author: whole, maxMessageBytes, endWaiting: () => undefined });
  const context: JobFlowContext = {
    author: whole,
    settlements,
    events: new JobEvents(),
    outTopic: 'out',
    errorTopic: 'errors',
    jobTimeoutMs: undefined,
    maxMessageBytes,
    maxAttempts: 3,
    runner: 'test',
    worker: 'host-1',
    cancelling,
    machine: { worked: () => undefined, failed: () => undefined },
    openJob,
    enterPlace: async () => ({ number: 0, [Symbol.dispose]: () => undefined }),
    runCommand: async () => ({ exitCode: 0, signal: null, elapsedSeconds: 0.5 }),
    tryAgain: () => 1_500,
  };
  const signal = AbortSignal.any([owned.signal, shutdown.signal, cancelled.signal]);
  const phases = new JobPhases(record.queuedSince, () => 2);
  const cancel = (error: FailedError): void => cancelled.abort(error);
  const about = { record, owned, attempt, begun: Promise.resolve(), phases, logger };
  const delivery = { ...about, signal, cancel, cancelled: cancelled.signal };
  const found = (): Attempts | undefined => aPartition(committer.positions.at(-1)).owned.ledger.deliver(record.offset);
  return { delivery, context, committer, settlements, lines, shutdown, control, lose, close, found };
}

/** The base's own decisions, but for those that a test is about. */
function authorWith(author: Partial<JobAuthor>): JobAuthor {
  return Object.assign(new KafkaRunner({ inTopic: 'jobs', bootstrapServers: ['none:1'] }), author);
}

async function openJob({ record, signal, attempt, phases, logger }: Delivery): ReturnType<JobFlowContext['openJob']> {
  const { topic, partition, offset } = record;
  const folder = await mkdtemp(path.join(tmpdir(), 'job-'));
  const resources = new AsyncDisposableStack();
  resources.defer(() => rm(folder, { recursive: true }));
  const about = { topic, partition, offset, attempt, phases, signal, logger };
  const folders = { folder, temporaryFolder: folder };
  const nothing = (): void => undefined;
  const acts = { progress: nothing, report: nothing, pause: nothing, resume: nothing };
  return {
    ...about,
    ...folders,
    ...acts,
    output: new CommandOutput(),
    headers: new Map(),
    inputs: new Set<string>(),
    resources,
  };
}
