import type { ConsumedRecord, TopicPartition } from './broker/port.ts';

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
  readonly #waiting: ((record: ConsumedRecord | undefined) => void)[] = [];
  #records: ConsumedRecord[] = [];
  #bytes = 0;
  #paused = false;
  #closed = false;

  constructor(limits: IntakeLimits) {
    this.#limits = limits;
  }

  offer(record: ConsumedRecord): void {
    if (this.#closed) return;
    const taker = this.#waiting.shift();
    if (taker) {
      taker(record);
      return;
    }
    this.#records.push(record);
    this.#bytes += sizeOf(record);
    this.#pauseOrResume();
  }

  /** The next record, as soon as there is one; undefined when the intake has been closed. */
  async take(): Promise<ConsumedRecord | undefined> {
    if (this.#closed) return undefined;
    const record = this.#records.shift();
    if (record === undefined) return await new Promise((resolve) => this.#waiting.push(resolve));
    this.#bytes -= sizeOf(record);
    this.#pauseOrResume();
    return record;
  }

  /** Forgets what has arrived from these partitions. */
  drop(partitions: readonly TopicPartition[]): void {
    this.#records = this.#records.filter(
      (record) => !partitions.some(({ topic, partition }) => topic === record.topic && partition === record.partition),
    );
    this.#bytes = this.#records.reduce((sum, record) => sum + sizeOf(record), 0);
    this.#pauseOrResume();
  }

  /** No more records: everybody who waits gets undefined, and what has arrived stays with Kafka. */
  close(): void {
    this.#closed = true;
    this.#records = [];
    for (const taker of this.#waiting.splice(0)) taker(undefined);
  }

  #pauseOrResume(): void {
    const fill = Math.max(this.#records.length / this.#limits.highRecords, this.#bytes / this.#limits.highBytes);
    if (!this.#paused && fill >= 1) {
      this.#paused = true;
      this.#limits.pause();
    } else if (this.#paused && fill <= 0.25) {
      this.#paused = false;
      this.#limits.resume();
    }
  }
}

function sizeOf(record: ConsumedRecord): number {
  return record.value?.length ?? 0;
}
