import { UnavailableError } from '../errors.ts';
import type { Commit, Committer, Consumer, ProducedRecord, Producer } from './port.ts';

/**
 * Records first, acknowledged by all in-sync replicas, then positions: a death in between repeats records and loses none.
 * For readers that know nothing of transactions, and for workers without a group, which commit nothing.
 */
export class AcknowledgedCommitter implements Committer {
  readonly #producer: Pick<Producer, 'send'>;
  readonly #consumer: Pick<Consumer, 'commit'>;
  /** What was acknowledged though its commit has to be tried again is not sent again. */
  readonly #sent = new WeakSet<ProducedRecord>();

  constructor(producer: Pick<Producer, 'send'>, consumer: Pick<Consumer, 'commit'>) {
    this.#producer = producer;
    this.#consumer = consumer;
  }

  async commit({ records, positions, guard }: Commit): Promise<void> {
    await this.#sendAll(records.filter((record) => !this.#sent.has(record)));
    if (!guard())
      throw new UnavailableError('broker-unreachable', 'Kafka: a partition was taken away before its commit');
    await this.#consumer.commit(positions);
  }

  async #sendAll(records: readonly ProducedRecord[]): Promise<void> {
    const ends = await Promise.allSettled(
      records.map(async (record) => {
        await this.#producer.send(record);
        this.#sent.add(record);
      }),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }
}
