import type { TopicPartition } from '../broker/port.ts';
import { InterruptedError } from '../errors.ts';
import { Ledger } from './ledger.ts';

/** A partition while it is ours: which of its records are done, and a signal that it has been taken away. */
export interface OwnedPartition extends TopicPartition {
  readonly ledger: Ledger;
  /** Aborted with InterruptedError `partition-lost` when the partition is no longer ours. */
  readonly signal: AbortSignal;
}

/**
 * The partitions that are ours at this moment. A partition that comes back is a new one here, so that a job of the
 * former ownership can never touch the offsets of the present one.
 */
export class OwnedPartitions {
  readonly #owned = new Map<string, OwnedPartition & { readonly lose: (reason: InterruptedError) => void }>();

  assign(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      const controller = new AbortController();
      const lose = (reason: InterruptedError): void => controller.abort(reason);
      this.#owned.set(key({ topic, partition }), {
        topic,
        partition,
        ledger: new Ledger(),
        signal: controller.signal,
        lose,
      });
    }
  }

  revoke(partitions: readonly TopicPartition[]): void {
    for (const named of partitions) {
      const owned = this.#owned.get(key(named));
      this.#owned.delete(key(named));
      owned?.lose(
        new InterruptedError(
          'partition-lost',
          `partition ${key(named)} was taken away: it went to another worker, or the group heard nothing of this one for too long`,
        ),
      );
    }
  }

  isEmpty(): boolean {
    return this.#owned.size === 0;
  }

  /** The ownership of a record's partition; undefined when it arrives after the partition was taken away. */
  of(named: TopicPartition): OwnedPartition | undefined {
    return this.#owned.get(key(named));
  }
}

function key({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
