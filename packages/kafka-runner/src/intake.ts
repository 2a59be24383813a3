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

/**
 * The records that have arrived and wait for a free slot. A paused partition takes up to a second to deliver again,
 * so the source is paused only at a high mark and resumed at a quarter of it: the buffer hides the gap.
 */
export class Intake {
  readonly #limits: IntakeLimits;
  readonly #gate: Gate;
  readonly #takers: ((arrival: Arrival | undefined) => void)[] = [];
  #arrivals: Arrival[] = [];
  #bytes = 0;
  #paused = false;
  #closed = false;

  constructor(limits: IntakeLimits, gate: Gate) {
    this.#limits = limits;
    this.#gate = gate;
  }

  offer(arrival: Arrival): void {
    this.#add(arrival, (arrivals) => arrivals.push(arrival));
  }

  /** For what was taken before and comes back for another attempt. */
  offerAgain(arrival: Arrival): void {
    this.#add(arrival, (arrivals) => arrivals.unshift(arrival));
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
      this.#bytes -= sizeOf(arrival);
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

  /** How many records wait. */
  get size(): number {
    return this.#arrivals.length;
  }

  get records(): ConsumedRecord[] {
    return this.#arrivals.map(({ record }) => record);
  }

  /** Forgets what has arrived from these partitions. */
  drop(partitions: readonly TopicPartition[]): void {
    this.#arrivals = this.#arrivals.filter(
      ({ record }) =>
        !partitions.some(({ topic, partition }) => topic === record.topic && partition === record.partition),
    );
    this.#bytes = this.#arrivals.reduce((sum, arrival) => sum + sizeOf(arrival), 0);
    this.#pauseOrResume();
  }

  /** No more records: everybody who waits gets undefined, and what has arrived stays with Kafka. */
  close(): void {
    this.#closed = true;
    this.#arrivals = [];
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #add(arrival: Arrival, put: (arrivals: Arrival[]) => void): void {
    if (this.#closed) return;
    put(this.#arrivals);
    this.#bytes += sizeOf(arrival);
    this.recheck();
    this.#pauseOrResume();
  }

  #pauseOrResume(): void {
    const fill = Math.max(this.#arrivals.length / this.#limits.highRecords, this.#bytes / this.#limits.highBytes);
    if (!this.#paused && fill >= 1) {
      this.#paused = true;
      this.#limits.pause();
    } else if (this.#paused && fill <= 0.25) {
      this.#paused = false;
      this.#limits.resume();
    }
  }
}

function sizeOf({ record }: Arrival): number {
  return record.value?.length ?? 0;
}
