import type { StartPosition, TopicPartition } from '../broker/port.ts';
import { InterruptedError } from '../errors.ts';
import { Ledger } from './ledger.ts';
import { decodeMetadata } from './position-metadata.ts';

/** A partition while it is ours. */
export interface OwnedPartition extends TopicPartition {
  readonly ledger: Ledger;
  /** Aborted with InterruptedError `partition-lost` when the partition is being taken away: its jobs have to stop. */
  readonly signal: AbortSignal;
  /** Aborted, with the same reason, when nothing more may be written for it. */
  readonly closed: AbortSignal;
}

type Owned = OwnedPartition & { readonly lose: AbortController; readonly close: AbortController };

/**
 * The partitions that are ours at this moment. A partition that comes back is a new one here, so that a job of the
 * former ownership can never touch the offsets of the present one.
 */
export class OwnedPartitions {
  readonly #owned = new Map<string, Owned>();

  /**
   * Takes a partition with what the group knows of it. Returns whether the metadata was understood: what another tool
   * has written is left aside.
   * @throws ConfigError when a newer Kafka Runner wrote the metadata
   */
  assign({ topic, partition, offset, metadata }: StartPosition): boolean {
    const said = offset === undefined ? undefined : decodeMetadata(offset, metadata);
    const [lose, close] = [new AbortController(), new AbortController()];
    const ledger = new Ledger(offset, said);
    const signals = { lose, close, signal: lose.signal, closed: close.signal };
    this.#owned.set(key({ topic, partition }), { topic, partition, ledger, ...signals });
    return said !== undefined || offset === undefined;
  }

  /** The jobs of these partitions have to stop; last words about them may still be written, until `close`. */
  lose(partitions: readonly TopicPartition[]): OwnedPartition[] {
    const lost = partitions.flatMap((named) => this.#owned.get(key(named)) ?? []);
    for (const owned of lost) {
      this.#owned.delete(key(owned));
      owned.lose.abort(partitionLost(owned));
    }
    return lost;
  }

  isEmpty(): boolean {
    return this.#owned.size === 0;
  }

  /** The ownership of a record's partition; undefined when it arrives after the partition was taken away. */
  of(named: TopicPartition): OwnedPartition | undefined {
    return this.#owned.get(key(named));
  }

  [Symbol.iterator](): Iterator<OwnedPartition> {
    return this.#owned.values();
  }
}

/** Nothing more is written for a partition that was lost. */
export function closeOwnership(owned: OwnedPartition): void {
  (owned as Owned).close.abort(partitionLost(owned));
}

function partitionLost(named: TopicPartition): InterruptedError {
  return new InterruptedError(
    'partition-lost',
    `partition ${key(named)} was taken away: it went to another worker, or the group heard nothing of this one for too long`,
  );
}

function key({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
