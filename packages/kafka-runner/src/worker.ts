import type { ConsumedRecord, Consumer, Producer, TopicPartition } from './broker/port.ts';
import { InterruptedError } from './errors.ts';
import { Intake } from './intake.ts';
import { runJob, type Delivery, type JobAuthor, type JobFlowContext } from './job-flow.ts';
import { JobRoom } from './job-room.ts';
import type { Logger } from './logging/logger.ts';
import { OffsetWriter } from './offsets/offset-writer.ts';
import { OwnedPartitions } from './offsets/owned-partitions.ts';
import type { RunnerSettings } from './options.ts';
import type { WorkerIdentity } from './worker-identity.ts';

export interface WorkerParts {
  readonly settings: RunnerSettings;
  readonly author: JobAuthor;
  readonly consumer: Pick<Consumer, 'start' | 'pause' | 'resume' | 'stop' | 'commit'>;
  readonly producer: Pick<Producer, 'send'>;
  readonly identity: WorkerIdentity;
  readonly runner: string;
  readonly logger: Logger;
}

/** Records wait here for a slot; the buffer hides the slow resume of a paused partition. */
const intakeRecords = 256;
const intakeBytes = 16_777_216;

/** How long a job that is handed back may take to let go, beyond the grace period of its command. */
const heedMs = 5_000;

/** Takes records in, runs jobs in its slots, and stops in good order. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #owned = new OwnedPartitions();
  readonly #intake: Intake;
  readonly #offsets: OffsetWriter;
  /** Aborted when running jobs have to be handed back. */
  readonly #handBack = new AbortController();
  /** Resolves when an author's code does not heed the signal. */
  readonly #givenUp = Promise.withResolvers<void>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    const { consumer, logger } = parts;
    const pause = (): void => consumer.pause();
    const resume = (): void => consumer.resume();
    this.#intake = new Intake({ highRecords: intakeRecords, highBytes: intakeBytes, pause, resume });
    this.#offsets = new OffsetWriter(consumer, logger);
  }

  /**
   * Resolves when `stop` was called and every job is finished or handed back. When a slot fails for a reason that no
   * job is to blame for, the other jobs are handed back before that reason is thrown.
   */
  async run(): Promise<void> {
    const { settings, consumer, identity } = this.#parts;
    await using room = await JobRoom.prepare(settings, identity.id);
    const context = this.#jobFlowContext(room);
    await consumer.start({
      assigned: (partitions) => this.#assigned(partitions),
      revoked: (partitions) => this.#revoked(partitions),
      record: (record) => this.#intake.offer(record),
    });
    const slots = Array.from({ length: settings.concurrency }, () => this.#fillSlot(context));
    try {
      await Promise.race([Promise.all(slots), this.#givenUp.promise]);
    } catch (error) {
      this.#intake.close();
      this.#handBack.abort(new InterruptedError('shutdown', 'the worker has failed'));
      await Promise.allSettled(slots);
      throw error;
    } finally {
      for (const timer of this.#timers) clearTimeout(timer);
    }
  }

  /** Takes no more records, lets running jobs end within the shutdown time-out, then hands them back. */
  stop(reason: string): void {
    const { settings, consumer, logger } = this.#parts;
    const { shutdownTimeoutMs, commandGraceMs } = settings;
    logger.info(`${reason}: running jobs have ${shutdownTimeoutMs / 1_000} s to end`);
    consumer.stop();
    this.#intake.close();
    const handBack = (): void => this.#handBack.abort(new InterruptedError('shutdown', `stopped by ${reason}`));
    this.#timers.push(setTimeout(handBack, shutdownTimeoutMs));
    this.#timers.push(setTimeout(() => this.#giveUp(), shutdownTimeoutMs + commandGraceMs + heedMs));
  }

  #giveUp(): void {
    this.#parts.logger.error('a job does not heed its signal; nobody waits for it any longer, it is handed back');
    this.#givenUp.resolve();
  }

  #assigned(partitions: readonly TopicPartition[]): void {
    this.#parts.logger.info({ partitions: partitions.map(({ partition }) => partition) }, 'partitions assigned');
    this.#owned.assign(partitions);
    if (this.#owned.isEmpty()) {
      this.#parts.logger.info(
        'no partition for this worker now: it waits (a topic needs at least as many as its group has workers)',
      );
    }
  }

  #revoked(partitions: readonly TopicPartition[]): void {
    this.#parts.logger.info({ partitions: partitions.map(({ partition }) => partition) }, 'partitions revoked');
    this.#owned.revoke(partitions);
    this.#intake.drop(partitions);
  }

  async #fillSlot(context: JobFlowContext): Promise<void> {
    for (let record = await this.#intake.take(); record; record = await this.#intake.take()) {
      const delivery = this.#deliver(record);
      if (delivery) await runJob(delivery, context);
    }
  }

  /** Undefined when the record is not ours any more, or was delivered before. */
  #deliver(record: ConsumedRecord): Delivery | undefined {
    const { topic, partition, offset } = record;
    const owned = this.#owned.of(record);
    const logger = this.#parts.logger.child({ topic, partition, offset });
    if (owned === undefined) return undefined;
    if (!owned.ledger.deliver(offset)) {
      logger.warn('delivered before: it is not done again');
      return undefined;
    }
    return {
      record,
      owned,
      signal: AbortSignal.any([owned.signal, this.#handBack.signal]),
      attempt: 1,
      logger,
    };
  }

  #jobFlowContext(room: JobRoom): JobFlowContext {
    const { settings, author, producer, identity, runner } = this.#parts;
    const { outTopic, errorTopic, maxMessageBytes, jobTimeoutMs } = settings;
    return {
      ...{ author, producer, runner, outTopic, errorTopic, maxMessageBytes, jobTimeoutMs },
      offsets: this.#offsets,
      worker: identity.name,
      openJob: (delivery) => room.open(delivery),
      runCommand: (command, job) => room.run(command, job),
    };
  }
}
