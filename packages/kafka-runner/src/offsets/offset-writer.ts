import type { Consumer } from '../broker/port.ts';
import type { Logger } from '../logging/logger.ts';
import { untilAborted } from '../until-aborted.ts';
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

  /**
   * Resolves when the partition's position is stored. Throws the reason of `signal` when the job has to stop before,
   * because the partition is lost or the worker shuts down while no broker answers.
   */
  async write(owned: OwnedPartition, signal: AbortSignal): Promise<void> {
    const written = this.#queue.then(() => untilAvailable(() => this.#writeNow(owned, signal), signal, this.#logger));
    this.#queue = written.catch(() => undefined);
    await written;
  }

  async #writeNow(owned: OwnedPartition, signal: AbortSignal): Promise<void> {
    const offset = owned.ledger.position();
    // A write that waited behind another one of the same partition is often done already.
    if (offset === undefined || this.#written.get(owned) === offset) return;
    const commit = this.#consumer.commit({ topic: owned.topic, partition: owned.partition, offset });
    await untilAborted(commit, signal);
    this.#written.set(owned, offset);
  }
}
