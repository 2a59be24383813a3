import { randomUUID } from 'node:crypto';
import type { ConsumedRecord, Consumer, StartPosition, TopicPartition } from './broker/port.ts';
import { CommandPlaces, NoPlaceError } from './command/command-places.ts';
import type { ResidentEvents } from './command/resident/resident-events.ts';
import type { Sandbox } from './command/sandbox/sandbox.ts';
import { Cancelling } from './control/cancelling.ts';
import type { Control, Taking } from './control/control.ts';
import { InterruptedError } from './errors.ts';
import { Intake } from './intake.ts';
import type { JobEvents } from './job-events.ts';
import type { JobAuthor, JobFlowContext } from './job-flow.ts';
import { JobRoom } from './job-room.ts';
import { JobsUnderWay } from './jobs-under-way.ts';
import type { Logger } from './logging/logger.ts';
import { MachineFaults } from './machine-faults.ts';
import type { WorkerHealth } from './metrics/worker-health.ts';
import { closeOwnership, type OwnedPartition, OwnedPartitions } from './offsets/owned-partitions.ts';
import type { Settlements } from './offsets/settlements.ts';
import type { RunnerSettings } from './options.ts';
import { RestartError } from './restart-error.ts';
import { RetentionGuard } from './retention-guard.ts';
import { jobsAtATime, Slots, type ErrorFor } from './slots.ts';
import type { StallWatchdog, WorkerState } from './stall-watchdog.ts';
import { within } from './within.ts';
import type { WorkerIdentity } from './worker-identity.ts';

export interface WorkerParts {
  readonly settings: RunnerSettings;
  readonly author: JobAuthor;
  readonly consumer: Pick<Consumer, 'start' | 'pause' | 'resume' | 'stop' | 'ends'>;
  readonly settlements: Pick<Settlements, 'settle' | 'store' | 'giveUp'>;
  readonly watchdog: StallWatchdog;
  readonly events: JobEvents;
  readonly control: Control;
  /** Called when `status` says something else but how busy it is. */
  readonly onStatus?: () => void;
  readonly residentEvents?: ResidentEvents;
  /** Told whether the worker has a place in its group. */
  readonly health?: Pick<WorkerHealth, 'enter'>;
  readonly identity: WorkerIdentity;
  readonly runner: string;
  /** What commands run in, if they do. */
  readonly sandbox?: Sandbox | undefined;
  readonly logger: Logger;
}

/** Records wait here for a slot; the buffer hides the slow resume of a paused partition. */
const intakeRecords = 256;
const intakeBytes = 16_777_216;

/** How often the oldest job is looked at. */
const retentionLookMs = 60_000;

/** How long last words about jobs that are handed back may take. */
const lastWordsMs = 3_000;

/** How long a job that is handed back may take to let go, beyond the grace period of its command. */
const heedMs = 5_000;

/** What a worker is at. */
export interface WorkerStatus {
  readonly slots: number;
  readonly busy: number;
  readonly places: number;
  readonly busyPlaces: number;
  /** Records that have arrived and wait for a slot. */
  readonly waiting: number;
  /** Whether the partitions are paused. */
  readonly isPaused: boolean;
  readonly partitions: readonly OwnedPartition[];
}

/** Takes records in while their partitions are ours, hands them to its slots, and stops in good order. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #owned = new OwnedPartitions();
  readonly #underWay: JobsUnderWay;
  readonly #intake: Intake;
  readonly #places: CommandPlaces;
  /** Aborted when running jobs have to be handed back. */
  readonly #handBack = new AbortController();
  /** Resolves when an author's code does not heed the signal. */
  readonly #givenUp = Promise.withResolvers<void>();
  /** Rejects when the consumer cannot go on. */
  readonly #failed = Promise.withResolvers<never>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Aborted when nobody shall watch this worker any more. */
  readonly #over = new AbortController();
  /** Ends jobs that wait and are cancelled; from the start of `run` on. */
  #endWaiting: (errorFor?: ErrorFor) => void = () => undefined;
  #isOver = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    const { consumer, settings, control } = parts;
    this.#places = new CommandPlaces(settings.concurrency);
    const mayBegin = (): boolean => control.taking === 'running';
    this.#underWay = new JobsUnderWay(settings.maxAttempts, () => this.#intake.recheck(), mayBegin);
    const pause = (): void => consumer.pause();
    const resume = (): void => consumer.resume();
    const limits = { highRecords: intakeRecords, highBytes: intakeBytes, pause, resume };
    this.#intake = new Intake(limits, this.#underWay);
    // Whoever runs the worker hears of it; before and after, it may be said to nobody.
    this.#failed.promise.catch(() => undefined);
  }

  /**
   * Resolves when `stop` was called and every job is finished or handed back. When a slot fails for a reason that no
   * job is to blame for, the other jobs are handed back before that reason is thrown.
   */
  async run(): Promise<void> {
    const { settings, consumer, control, identity } = this.#parts;
    // Of this life of the worker alone: the guardian of a former one must not end its commands.
    await using room = await JobRoom.prepare(
      settings,
      `${identity.id}-${randomUUID().slice(0, 8)}`,
      this.#parts.logger,
      this.#parts.sandbox,
      this.#parts.residentEvents,
    );
    using cancelling = this.#cancelling();
    const slots = this.#slots(cancelling);
    const context = this.#jobFlowContext(room, slots, cancelling);
    this.#endWaiting = (errorFor) => void slots.endWaiting(context, errorFor).catch((error) => this.#fail(error));
    await consumer.start({
      assigned: (partitions) => this.#assigned(partitions),
      revoked: (partitions) => this.#revoked(partitions),
      lost: (partitions) => this.#lost(partitions),
      record: (record) => this.#arrived(record, cancelling),
      endReached: (end) => this.#parts.watchdog.endReached(end),
      failed: (error) => this.#fail(error),
    });
    const running = Array.from({ length: jobsAtATime(settings) }, () => slots.fill(context));
    const over = this.#over;
    control.on('taking', this.#takingChanged);
    this.#takingChanged(control.taking);
    const guard = new RetentionGuard(settings.retentionMs, this.#parts.logger);
    const looking = setInterval(
      () => guard.look([...this.#intake.records, ...this.#underWay.records]),
      retentionLookMs,
    );
    const stalled = this.#watch(over.signal);
    try {
      const finished = Promise.all(running).then(() => slots.ended());
      await Promise.race([finished, this.#givenUp.promise, this.#failed.promise, stalled]);
    } catch (error) {
      this.#closeIntake();
      this.#letGo('the worker has failed', 0);
      const areOver = Promise.allSettled(running).then(() => true);
      const isDeaf = !(await Promise.race([areOver, this.#givenUp.promise.then(() => false)]));
      // Anew in this process, the same job would run beside the author's code that does not end.
      throw isDeaf && error instanceof RestartError ? new Error(error.message, { cause: error }) : error;
    } finally {
      this.#isOver = true;
      control.off('taking', this.#takingChanged);
      over.abort();
      clearInterval(looking);
      for (const timer of this.#timers) clearTimeout(timer);
    }
  }

  /** Takes no more records, lets running jobs end within the shutdown time-out, then hands them back. */
  stop(reason: string): void {
    // It was made anew, and its successor is told too.
    if (this.#isOver) return;
    const { shutdownTimeoutMs } = this.#parts.settings;
    this.#parts.logger.info(`${reason}: running jobs have ${shutdownTimeoutMs / 1_000} s to end`);
    this.#takeNoMore(`stopped by ${reason}`);
    this.#letGo(`stopped by ${reason}`, shutdownTimeoutMs);
  }

  /** Whoever drains it lets the running jobs end, however long they take. */
  readonly #takingChanged = (taking: Taking): void => {
    this.#parts.onStatus?.();
    if (taking === 'running') this.#intake.recheck();
    if (taking === 'draining') this.#takeNoMore('drained');
  };

  #takeNoMore(why: string): void {
    this.#parts.health?.enter('draining');
    this.#over.abort();
    this.#closeIntake();
    this.#places.close(new NoPlaceError('shutdown', why));
    this.#parts.consumer.stop();
  }

  status(): WorkerStatus {
    const { settings } = this.#parts;
    return {
      ...{ slots: jobsAtATime(settings), busy: this.#underWay.size },
      ...{ places: settings.concurrency, busyPlaces: this.#places.busy },
      ...{ waiting: this.#intake.size, isPaused: this.#intake.isPaused },
      partitions: this.#owned.all,
    };
  }

  /** With a group, what has arrived comes again. */
  #closeIntake(): void {
    const forgotten = this.#intake.close();
    if (forgotten === 0 || this.#parts.settings.groupId !== undefined) return;
    const what = `${forgotten} jobs that had arrived are not done, and nobody remembers them: without a group no position is kept`;
    this.#parts.logger.error({ code: 'jobs-dropped', jobs: forgotten }, what);
  }

  /** Jobs are handed back, then nothing more is written about them, then nobody waits for them. */
  #letGo(why: string, afterMs: number): void {
    const reason = new InterruptedError('shutdown', why);
    const { commandGraceMs } = this.#parts.settings;
    this.#after(afterMs, () => this.#handBack.abort(reason));
    this.#after(afterMs + commandGraceMs + lastWordsMs, () => this.#parts.settlements.giveUp(reason));
    this.#after(afterMs + commandGraceMs + heedMs, () => this.#giveUp());
  }

  async #watch(signal: AbortSignal): Promise<never> {
    const { watchdog, settings, consumer, control, logger } = this.#parts;
    const state = (): WorkerState => ({
      // None for a worker that is told to begin nothing.
      freeSlots: control.taking === 'running' ? jobsAtATime(settings) - this.#underWay.size : 0,
      waiting: this.#intake.size,
      paused: this.#intake.isPaused,
      underWay: this.#underWay.size,
    });
    return await watchdog.watch(
      { timeoutMs: settings.stallTimeoutMs, ends: () => consumer.ends(), state, logger },
      signal,
    );
  }

  #giveUp(): void {
    this.#parts.logger.error('a job does not heed its signal; nobody waits for it any longer, it is handed back');
    this.#givenUp.resolve();
  }

  #after(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }

  #assigned(partitions: readonly StartPosition[]): void {
    const { logger } = this.#parts;
    logger.info({ partitions: partitions.map(({ partition }) => partition) }, 'partitions assigned');
    this.#parts.watchdog.assigned(partitions);
    this.#parts.health?.enter('ready');
    for (const position of partitions) {
      if (this.#owned.assign(position)) continue;
      const { topic, partition, offset } = position;
      logger.warn({ topic, partition, offset }, 'the position was set by another tool: it is taken as it is');
    }
    if (this.#owned.isEmpty()) {
      logger.info(
        'no partition for this worker now: it waits (a topic needs at least as many as its group has workers)',
      );
    }
    this.#parts.onStatus?.();
  }

  /** Their jobs are stopped at once. What is to be said of them is written while the partitions are nobody else's. */
  async #revoked(partitions: readonly TopicPartition[]): Promise<void> {
    const { commandGraceMs } = this.#parts.settings;
    await Promise.all(
      this.#lose(partitions, 'partitions revoked').map(async (owned) => {
        await within(commandGraceMs + lastWordsMs, this.#underWay.none(owned));
        await within(lastWordsMs, this.#parts.settlements.store(owned));
        closeOwnership(owned);
      }),
    );
  }

  /** Nobody would take last words, and waiting for jobs that end would keep us out of the group. */
  #lost(partitions: readonly TopicPartition[]): void {
    this.#parts.health?.enter('joining');
    for (const owned of this.#lose(partitions, 'partitions lost: the session is over')) closeOwnership(owned);
  }

  #lose(partitions: readonly TopicPartition[], what: string): OwnedPartition[] {
    this.#parts.logger.info({ partitions: partitions.map(({ partition }) => partition) }, what);
    this.#intake.drop(partitions);
    const lost = this.#owned.lose(partitions);
    this.#parts.onStatus?.();
    return lost;
  }

  #fail(error: Error): void {
    const distrusted = error instanceof RestartError ? error.distrusted : [];
    for (const owned of this.#owned.lose(distrusted)) closeOwnership(owned);
    this.#failed.reject(error);
  }

  #arrived(record: ConsumedRecord, cancelling: Cancelling): void {
    this.#parts.watchdog.arrived(record);
    const owned = this.#owned.of(record);
    const attempts = owned?.ledger.deliver(record.offset);
    if (owned === undefined) return;
    if (attempts !== undefined) {
      this.#parts.events.emit('arrived', record);
      this.#intake.offer({ record, owned, attempts: attempts.count, alone: attempts.running });
      if (cancelling.errorFor(record)) this.#endWaiting();
      return;
    }
    const { topic, partition, offset } = record;
    this.#parts.logger.debug({ topic, partition, offset }, 'finished before: it is not done again');
    void this.#parts.settlements.store(owned);
  }

  #cancelling(): Cancelling {
    const { settings, author, control } = this.#parts;
    const { maxMessageBytes } = settings;
    return new Cancelling({ control, author, maxMessageBytes, endWaiting: (errorFor) => this.#endWaiting(errorFor) });
  }

  #slots(cancelling: Cancelling): Slots {
    const { settings, settlements, watchdog, events, logger } = this.#parts;
    const handBack = this.#handBack.signal;
    return new Slots({
      settings,
      settlements,
      watchdog,
      events,
      cancelling,
      logger,
      intake: this.#intake,
      underWay: this.#underWay,
      handBack,
    });
  }

  #jobFlowContext(room: JobRoom, slots: Slots, cancelling: Cancelling): JobFlowContext {
    const { settings, author, settlements, events, identity, runner } = this.#parts;
    const { outTopic, errorTopic, maxMessageBytes, jobTimeoutMs, maxAttempts } = settings;
    return {
      ...{ author, settlements, events, runner, outTopic, errorTopic, maxMessageBytes, jobTimeoutMs, maxAttempts },
      worker: identity.name,
      cancelling,
      machine: new MachineFaults(
        settings.maxMachineFaults,
        (error) => this.#fail(error),
        (code) => events.emit('machineFault', code),
      ),
      openJob: (delivery) => room.open(delivery),
      enterPlace: (signal) => this.#places.enter(signal),
      runCommand: (command, job, place) => room.run(command, job, place),
      tryAgain: (ended) => {
        const delayMs = slots.tryAgain(ended);
        // It may have been cancelled while its attempt was being settled.
        if (cancelling.errorFor(ended.record)) this.#endWaiting();
        return delayMs;
      },
    };
  }
}
