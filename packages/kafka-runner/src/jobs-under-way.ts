import type { ConsumedRecord } from './broker/port.ts';
import type { Arrival, Gate } from './intake.ts';
import { jobName } from './job.ts';
import type { OwnedPartition } from './offsets/owned-partitions.ts';

/**
 * The jobs that this worker is at, and who may join them. A job over which a worker died runs alone, so that it cannot
 * take its neighbours' attempts along.
 */
export class JobsUnderWay implements Gate {
  readonly #jobs = new Map<string, Arrival>();
  readonly #maxAttempts: number;
  readonly #mayBegin: () => boolean;
  readonly #onLeave: () => void;
  readonly #waiting = new Set<() => void>();

  /**
   * @param maxAttempts a job that was begun so often is not begun again
   * @param onLeave called when a job has left: others may start now
   * @param mayBegin whether any job may be begun now
   */
  constructor(maxAttempts: number, onLeave: () => void, mayBegin = (): boolean => true) {
    this.#maxAttempts = maxAttempts;
    this.#mayBegin = mayBegin;
    this.#onLeave = onLeave;
  }

  get size(): number {
    return this.#jobs.size;
  }

  get records(): ConsumedRecord[] {
    return [...this.#jobs.values()].map(({ record }) => record);
  }

  judge(arrival: Arrival): 'now' | 'later' | 'wait' {
    if (!this.#mayBegin()) return 'wait';
    const isSomebodyAlone = [...this.#jobs.values()].some(({ alone }) => alone);
    if (isSomebodyAlone || (arrival.alone && this.#jobs.size > 0)) return 'wait';
    // A partition that was lost and came back: the former attempt is not over yet.
    if (this.#jobs.has(jobName(arrival.record))) return 'later';
    return arrival.owned.ledger.hasRoomFor(arrival.record.offset) ? 'now' : 'later';
  }

  enter(arrival: Arrival): void {
    this.#jobs.set(jobName(arrival.record), arrival);
    // In the same turn, so that whoever is judged next sees it.
    if (arrival.attempts < this.#maxAttempts) arrival.owned.ledger.begin(arrival.record.offset);
  }

  leave(arrival: Arrival): void {
    this.#jobs.delete(jobName(arrival.record));
    for (const wake of this.#waiting) wake();
    this.#onLeave();
  }

  /** Resolves when no job of this ownership is under way. */
  async none(owned: OwnedPartition): Promise<void> {
    while ([...this.#jobs.values()].some((arrival) => arrival.owned === owned)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await promise;
      this.#waiting.delete(resolve);
    }
  }
}
