import type { ConsumedRecord, TopicPartition } from './broker/port.ts';
import type { OwnedPartition } from './offsets/owned-partitions.ts';

/** A record that waits for its turn, while its partition is ours. */
export interface Arrival {
  readonly record: ConsumedRecord;
  readonly owned: OwnedPartition;
  /** Attempts that count so far. */
  readonly attempts: number;
  /** A worker died over it: it runs alone until it ends. */
  readonly alone: boolean;
}

/** Who may start. */
export interface Gate {
  /** `later`: others may pass it; `wait`: nobody may. */
  judge(arrival: Arrival): 'now' | 'later' | 'wait';
  enter(arrival: Arrival): void;
}

export interface IntakeLimits {
  /** Records at which the source is asked to pause. */
  readonly highRecords: number;
  /** Bytes of values at which the source is asked to pause. */
  readonly highBytes: number;
  readonly pause: () => void;
  readonly resume: () => void;
}

interface Resting {
  readonly record: ConsumedRecord;
  readonly again: () => Arrival | undefined;
}

/**
 * The records that have arrived and wait for a free slot. A paused partition takes up to a second to deliver again,
 * so the source is paused only at a high mark and resumed at a quarter of it: the buffer hides the gap.
 */
export class Intake {
  readonly #limits: IntakeLimits;
  readonly #gate: Gate;
  readonly #takers: ((arrival: Arrival | undefined) => void)[] = [];
  /** What comes back for another attempt, by the timer that brings it. */
  readonly #resting = new Map<NodeJS.Timeout, Resting>();
  #arrivals: Arrival[] = [];
  #paused = false;
  #closed = false;

  constructor(limits: IntakeLimits, gate: Gate) {
    this.#limits = limits;
    this.#gate = gate;
  }

  offer(arrival: Arrival): void {
    this.#add((arrivals) => arrivals.push(arrival));
  }

  /**
   * What was taken before and comes back for another attempt, to the head. Until then it holds nobody back, though its
   * bytes count. `again` tells what it is then; undefined when it is not ours any more.
   */
  offerAfter(delayMs: number, record: ConsumedRecord, again: () => Arrival | undefined): void {
    // Like everything that has arrived, it stays with Kafka.
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#resting.delete(timer);
      const arrival = again();
      if (arrival) this.#add((arrivals) => arrivals.unshift(arrival));
      else this.#pauseOrResume();
    }, delayMs);
    this.#resting.set(timer, { record, again });
    this.#pauseOrResume();
  }

  /** The next record that may start, as soon as there is one; undefined when the intake has been closed. */
  async take(): Promise<Arrival | undefined> {
    if (this.#closed) return undefined;
    return this.takeNow() ?? (await new Promise((resolve) => this.#takers.push(resolve)));
  }

  /** The next record that may start; undefined when there is none at the moment. */
  takeNow(): Arrival | undefined {
    for (const [index, arrival] of this.#arrivals.entries()) {
      const verdict = this.#gate.judge(arrival);
      if (verdict === 'wait') return undefined;
      if (verdict === 'later') continue;
      this.#arrivals.splice(index, 1);
      this.#gate.enter(arrival);
      this.#pauseOrResume();
      return arrival;
    }
    return undefined;
  }

  /** Somebody who could not start before may start now. */
  recheck(): void {
    while (this.#takers.length > 0) {
      const arrival = this.takeNow();
      if (arrival === undefined) return;
      this.#takers.shift()?.(arrival);
    }
  }

  /** How many records wait for a slot. */
  get size(): number {
    return this.#arrivals.length;
  }

  /** Whether the source was asked to pause. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /** Those that wait for their next attempt included. */
  get records(): ConsumedRecord[] {
    return [...this.#arrivals.map(({ record }) => record), ...[...this.#resting.values()].map(({ record }) => record)];
  }

  /** Takes out those that wait, for a slot or for their next attempt, and are wanted. */
  remove(isWanted: (arrival: Arrival) => boolean): Arrival[] {
    const { removed = [], left = [] } = Object.groupBy(this.#arrivals, (one) => (isWanted(one) ? 'removed' : 'left'));
    this.#arrivals = left;
    for (const [timer, { again }] of this.#resting) {
      const arrival = again();
      if (!arrival || !isWanted(arrival)) continue;
      this.#forget(timer);
      removed.push(arrival);
    }
    if (removed.length > 0) this.#pauseOrResume();
    return removed;
  }

  /** Forgets what has arrived from these partitions. */
  drop(partitions: readonly TopicPartition[]): void {
    const isDropped = ({ topic, partition }: TopicPartition): boolean =>
      partitions.some((named) => named.topic === topic && named.partition === partition);
    this.#arrivals = this.#arrivals.filter(({ record }) => !isDropped(record));
    this.#forgetResting(isDropped);
    this.#pauseOrResume();
  }

  /** No more records: everybody who waits gets undefined, and what has arrived stays with Kafka. Returns how many that are. */
  close(): number {
    const forgotten = this.records.length;
    this.#closed = true;
    this.#arrivals = [];
    this.#forgetResting(() => true);
    for (const taker of this.#takers.splice(0)) taker(undefined);
    return forgotten;
  }

  #forgetResting(isForgotten: (record: ConsumedRecord) => boolean): void {
    for (const [timer, { record }] of this.#resting) if (isForgotten(record)) this.#forget(timer);
  }

  #forget(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#resting.delete(timer);
  }

  #add(put: (arrivals: Arrival[]) => void): void {
    if (this.#closed) return;
    put(this.#arrivals);
    this.recheck();
    this.#pauseOrResume();
  }

  #pauseOrResume(): void {
    if (this.#closed) return;
    const { highRecords, highBytes } = this.#limits;
    const fill = Math.max(this.#arrivals.length / highRecords, bytesOf(this.records) / highBytes);
    if (!this.#paused && fill >= 1) {
      this.#paused = true;
      this.#limits.pause();
    } else if (this.#paused && fill <= 0.25) {
      this.#paused = false;
      this.#limits.resume();
    }
  }
}

function bytesOf(records: readonly ConsumedRecord[]): number {
  return records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
}
