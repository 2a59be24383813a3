import type { ConsumedRecord } from './broker/port.ts';
import type { Cancelling } from './control/cancelling.ts';
import type { FailedError } from './errors.ts';
import { finishJob, type FinishContext } from './finish-job.ts';
import type { Arrival, Intake } from './intake.ts';
import { reachEnd, type Delivery, type EndedJob, type JobFlowContext } from './job-flow.ts';
import type { JobEvents } from './job-events.ts';
import { JobPhases, monotonicSeconds } from './job-phases.ts';
import type { JsonObject } from './json.ts';
import type { JobsUnderWay } from './jobs-under-way.ts';
import type { Logger } from './logging/logger.ts';
import type { OwnedPartition } from './offsets/owned-partitions.ts';
import type { Settlements } from './offsets/settlements.ts';
import type { RunnerSettings } from './options.ts';
import { toEarlyEnd } from './outcome.ts';
import { retryDelayMs } from './retry-policy.ts';
import type { StallWatchdog } from './stall-watchdog.ts';

export interface SlotsParts {
  readonly settings: Pick<RunnerSettings, 'maxAttempts' | 'retryDelayMs'>;
  readonly settlements: Pick<Settlements, 'settle' | 'store'>;
  readonly watchdog: Pick<StallWatchdog, 'moved'>;
  readonly intake: Intake;
  readonly events: JobEvents;
  readonly cancelling: Pick<Cancelling, 'errorFor' | 'fieldsOf'>;
  readonly underWay: JobsUnderWay;
  /** Aborted when running jobs have to be handed back. */
  readonly handBack: AbortSignal;
  readonly logger: Logger;
}

/** For each command that runs, `prefetch` jobs are being prepared and as many are bringing their results home. */
export function jobsAtATime({ concurrency, prefetch }: Pick<RunnerSettings, 'concurrency' | 'prefetch'>): number {
  return concurrency * (1 + 2 * prefetch);
}

/** Why a job is cancelled; undefined when it is not. */
export type ErrorFor = (record: ConsumedRecord) => FailedError | undefined;

/** Room for the jobs that are under way at a time. */
export class Slots {
  readonly #parts: SlotsParts;
  /** The ends of jobs that were cancelled while they waited. */
  readonly #ends = new Set<Promise<void>>();

  constructor(parts: SlotsParts) {
    this.#parts = parts;
  }

  /** One slot: takes what may start until the intake is closed. Throws what no job is to blame for. */
  async fill(context: JobFlowContext): Promise<void> {
    let arrival = await this.#parts.intake.take();
    let delivery = arrival && this.#begin(arrival);
    while (arrival && delivery) {
      const ended = await this.#orUntake(reachEnd(delivery, context), arrival);
      const finished = finishJob(ended, context);
      this.#parts.underWay.leave(arrival);
      this.#parts.watchdog.moved();
      // The mark of the next attempt shares the commit of this job's end.
      arrival = this.#parts.intake.takeNow();
      delivery = arrival && this.#begin(arrival);
      await this.#orUntake(finished, arrival);
      this.#parts.intake.recheck();
      arrival ??= await this.#parts.intake.take();
      delivery ??= arrival && this.#begin(arrival);
    }
  }

  /** A slot that fails does not run the job that it has taken. */
  async #orUntake<T>(step: Promise<T>, taken: Arrival | undefined): Promise<T> {
    try {
      return await step;
    } catch (error) {
      taken?.owned.ledger.takeBack(taken.record.offset);
      if (taken) this.#parts.underWay.leave(taken);
      throw error;
    }
  }

  /**
   * Ends jobs that wait, for a slot or for their next attempt, and are cancelled: they need no slot for that. One whose end
   * the position has no room for ends when its turn comes. Rejects when a job's end fails for a reason that is not its own.
   */
  async endWaiting(context: FinishContext, errorFor: ErrorFor = (record) => this.#parts.cancelling.errorFor(record)) {
    let ending = this.#ends.size;
    const isToEnd = ({ record, owned }: Arrival): boolean => {
      if (errorFor(record) === undefined || !owned.ledger.hasRoomFor(record.offset, ending)) return false;
      ending += 1;
      return true;
    };
    const ends = this.#parts.intake.remove(isToEnd).map((arrival) => this.#endUnbegun(arrival, errorFor, context));
    await Promise.all(ends);
  }

  /** Resolves when no job that was cancelled while it waited is about to end. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#ends);
  }

  async #endUnbegun({ record, owned, attempts }: Arrival, errorFor: ErrorFor, context: FinishContext): Promise<void> {
    const phases = new JobPhases(record.queuedSince);
    const begun = Promise.resolve();
    const about = { record, owned, signal: owned.signal, attempt: Math.max(1, attempts), begun, phases };
    const nobody = { cancel: () => undefined, cancelled: owned.signal, logger: this.#loggerOf(record) };
    const fields = this.#parts.cancelling.fieldsOf(record);
    const end = finishJob({ ...about, ...nobody, fields, outcome: toEarlyEnd(errorFor(record)) }, context);
    this.#ends.add(end);
    await end.finally(() => this.#ends.delete(end));
  }

  #begin({ record, owned, attempts }: Arrival): Delivery {
    const { settings, settlements, events } = this.#parts;
    const begun = attempts < settings.maxAttempts ? settlements.settle({ owned }) : Promise.resolve();
    // Whoever waits for it gets the error; until then somebody else's job may be ending.
    begun.catch(() => undefined);
    const cancelling = new AbortController();
    const signal = AbortSignal.any([owned.signal, this.#parts.handBack, cancelling.signal]);
    const cancel = (error: FailedError): void => cancelling.abort(error);
    const onProgress = (): void => this.#progress(owned, record.offset);
    const onReport = (details: JsonObject): boolean => events.emit('reported', delivery, details);
    const onPhase = (phase: string): boolean => events.emit('phase', delivery, phase);
    const phases = new JobPhases(record.queuedSince, monotonicSeconds, onPhase);
    const logger = this.#loggerOf(record);
    const about = { record, owned, attempt: attempts + 1, begun, phases, logger };
    const delivery = { ...about, signal, cancel, cancelled: cancelling.signal, onProgress, onReport };
    events.emit('begun', delivery);
    return delivery;
  }

  /** Written at once where attempts that failed are forgotten: this one might be the last otherwise. */
  #progress(owned: OwnedPartition, offset: number): void {
    const worthIt = Math.min(2, this.#parts.settings.maxAttempts);
    if (owned.ledger.isOpen(offset) && owned.ledger.progress(offset) >= worthIt)
      void this.#parts.settlements.store(owned);
  }

  /** Lets a job come again, at the head of the intake. Returns after how long, in milliseconds. */
  tryAgain({ record, owned, attempt }: EndedJob): number {
    const delayMs = retryDelayMs(attempt, this.#parts.settings.retryDelayMs);
    this.#parts.intake.offerAfter(delayMs, record, () => {
      if (owned.signal.aborted) return undefined;
      const { count, running } = owned.ledger.attempts(record.offset);
      return { record, owned, attempts: count, alone: running };
    });
    return delayMs;
  }

  #loggerOf({ topic, partition, offset }: ConsumedRecord): Logger {
    return this.#parts.logger.child({ topic, partition, offset });
  }
}
