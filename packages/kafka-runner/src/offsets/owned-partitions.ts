import type { Position, StartPosition, TopicPartition } from '../broker/port.ts';
import { partitionName } from '../broker/partition-name.ts';
import { InterruptedError } from '../errors.ts';
import { Ledger } from './ledger.ts';
import { decodeMetadata } from './position-metadata.ts';

/** A partition while it is ours. */
export interface OwnedPartition extends TopicPartition {
  readonly ledger: Ledger;
  /** What the group has stored of it, as far as we know. */
  stored: string | undefined;
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
  /** The last ownership of partitions that were taken away. */
  readonly #former = new Map<string, OwnedPartition>();

  /**
   * Takes a partition with what the group knows of it. Returns whether the metadata was understood: what another tool
   * has written is left aside.
   * @throws ConfigError when a newer Kafka Runner wrote the metadata
   */
  assign(start: StartPosition): boolean {
    const { topic, partition, offset, metadata } = start;
    const said = offset === undefined ? undefined : decodeMetadata(offset, metadata);
    const [lose, close] = [new AbortController(), new AbortController()];
    this.#owned.set(partitionName(start), {
      ...{ topic, partition, lose, close, signal: lose.signal, closed: close.signal },
      ledger: this.#unsaid(start) ?? new Ledger(offset, said),
      stored: offset === undefined ? undefined : positionText({ offset, metadata }),
    });
    return said !== undefined || offset === undefined;
  }

  /**
   * Our own last words about the partition, where they could not be written (the broker was away, and our time in the
   * group ran out) and nobody has written since: attempts that were cut off then do not count.
   */
  #unsaid({ topic, partition, offset, metadata }: StartPosition): Ledger | undefined {
    const former = this.#former.get(partitionName({ topic, partition }));
    if (offset === undefined || former?.stored !== positionText({ offset, metadata })) return undefined;
    const ledger = former.ledger.copy();
    // A job that is still being stopped was cut off like those that have stopped.
    ledger.takeBackAll();
    const unsaid = ledger.position();
    return unsaid && new Ledger(unsaid.offset, decodeMetadata(unsaid.offset, unsaid.metadata));
  }

  /** The jobs of these partitions have to stop; last words about them may still be written, until `close`. */
  lose(partitions: readonly TopicPartition[]): OwnedPartition[] {
    const lost = partitions.flatMap((named) => this.#owned.get(partitionName(named)) ?? []);
    for (const owned of lost) {
      this.#owned.delete(partitionName(owned));
      this.#former.set(partitionName(owned), owned);
      owned.lose.abort(partitionLost(owned));
    }
    return lost;
  }

  get all(): readonly OwnedPartition[] {
    return [...this.#owned.values()];
  }

  isEmpty(): boolean {
    return this.#owned.size === 0;
  }

  /** The ownership of a record's partition; undefined when it arrives after the partition was taken away. */
  of(named: TopicPartition): OwnedPartition | undefined {
    return this.#owned.get(partitionName(named));
  }
}

/** A position as one text, to compare it. */
export function positionText({ offset, metadata }: Pick<Position, 'offset' | 'metadata'>): string {
  return `${offset} ${metadata}`;
}

/** Nothing more is written for a partition that was lost. */
export function closeOwnership(owned: OwnedPartition): void {
  (owned as Owned).close.abort(partitionLost(owned));
}

function partitionLost(named: TopicPartition): InterruptedError {
  return new InterruptedError(
    'partition-lost',
    `partition ${partitionName(named)} was taken away: it went to another worker, or the group heard nothing of this one for too long`,
  );
}
