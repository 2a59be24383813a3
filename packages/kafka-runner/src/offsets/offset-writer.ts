import type { Consumer } from '../broker/port.ts';
import type { Logger } from '../logging/logger.ts';
import { untilAvailable } from '../until-available.ts';
import type { OwnedPartition } from './owned-partitions.ts';

/**
 * Writes positions to the group, one after the other. Each is composed at the moment of the call: a position
 * composed earlier and written later would take a finished job back.
 */
export class OffsetWriter {
  readonly #consumer: Pick<Consumer, 'commit'>;
  readonly #logger: Logger;
  readonly #written = new WeakMap<OwnedPartition, number>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(consumer: Pick<Consumer, 'commit'>, logger: Logger) {
    this.#consumer = consumer;
    this.#logger = logger;
  }

  /** Resolves when the partition's position is stored; throws the signal's reason when we lost it before. */
  async write(owned: OwnedPartition): Promise<void> {
    const written = this.#queue.then(() => untilAvailable(() => this.#writeNow(owned), owned.signal, this.#logger));
    this.#queue = written.catch(() => undefined);
    await written;
  }

  async #writeNow(owned: OwnedPartition): Promise<void> {
    owned.signal.throwIfAborted();
    const offset = owned.ledger.position();
    // A write that waited behind another one of the same partition is often done already.
    if (offset === undefined || this.#written.get(owned) === offset) return;
    await this.#consumer.commit({ topic: owned.topic, partition: owned.partition, offset });
    this.#written.set(owned, offset);
  }
}
