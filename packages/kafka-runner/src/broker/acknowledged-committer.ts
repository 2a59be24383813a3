import { UnavailableError } from '../errors.ts';
import type { Commit, Committer, Consumer, Producer } from './port.ts';

/**
 * Records first, acknowledged by all in-sync replicas, then positions: a death in between repeats records and loses none.
 * For readers that know nothing of transactions, and for workers without a group, which commit nothing.
 */
export class AcknowledgedCommitter implements Committer {
  readonly #producer: Pick<Producer, 'send'>;
  readonly #consumer: Pick<Consumer, 'commit'>;

  constructor(producer: Pick<Producer, 'send'>, consumer: Pick<Consumer, 'commit'>) {
    this.#producer = producer;
    this.#consumer = consumer;
  }

  async commit({ records, positions, guard }: Commit): Promise<void> {
    await Promise.all(records.map((record) => this.#producer.send(record)));
    if (!guard())
      throw new UnavailableError('broker-unreachable', 'Kafka: a partition was taken away before its commit');
    await this.#consumer.commit(positions);
  }
}
