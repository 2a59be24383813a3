import { UnavailableError } from '../errors.ts';
import type { Logger } from '../logging/logger.ts';
import { untilAvailable } from '../until-available.ts';
import type { ConfluentConsumer } from './confluent-consumer.ts';
import type { Commit, CommitPosition, Committer, Position } from './port.ts';
import { TransactionalProducer, type TransactionalProducerSettings } from './transactional-producer.ts';

/** How soon one asks again what became of a transaction. */
const maxDelayMs = 3_000;

/**
 * Records and positions in one transaction, fenced by the group's member and generation (KIP-447). After any error the
 * producer is thrown away; whether an uncertain transaction happened is read from the committed positions.
 */
export class TransactionalCommitter implements Committer, AsyncDisposable {
  readonly #settings: TransactionalProducerSettings;
  readonly #consumer: Pick<ConfluentConsumer, 'client' | 'committed'>;
  readonly #logger: Logger;
  readonly #closing = new AbortController();
  #producer: TransactionalProducer | undefined;

  constructor(settings: TransactionalProducerSettings, consumer: Pick<ConfluentConsumer, 'client' | 'committed'>) {
    this.#settings = settings;
    this.#consumer = consumer;
    this.#logger = settings.logger;
  }

  /** Throws UnavailableError when no broker answers; ConfigError when this worker has no right to transactions. */
  async connect(): Promise<void> {
    if (this.#producer !== undefined) return;
    const producer = await TransactionalProducer.open(this.#settings, this.#closing.signal);
    // Opened too late: nobody would close it.
    if (this.#closing.signal.aborted) void producer.close();
    this.#closing.signal.throwIfAborted();
    this.#producer = producer;
  }

  async commit({ records, positions, guard }: Commit): Promise<void> {
    await this.connect();
    const producer = this.#producer as TransactionalProducer;
    await this.#orReplace(producer, () => producer.prepare(records, positions, this.#consumer.client));
    // The client reads the generation on a thread of its own. From here on the positions are pending, and whoever gets a
    // partition next has to wait for them: what is ours now may be committed, whatever happens meanwhile.
    if (!guard()) {
      this.#replace(producer);
      throw new UnavailableError('broker-unreachable', 'Kafka: a partition was taken away before its commit');
    }
    try {
      await producer.commit();
    } catch (error) {
      this.#replace(producer);
      if (!(await this.#happened(positions))) throw error;
      this.#logger.info('Kafka: the transaction whose end was uncertain did happen');
    }
  }

  /** Never throws, never takes longer than a few seconds. */
  async close(): Promise<void> {
    this.#closing.abort(new UnavailableError('broker-unreachable', 'Kafka: the worker stops'));
    await this.#producer?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #orReplace(producer: TransactionalProducer, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#replace(producer);
      throw error;
    }
  }

  /** Its successor, of the same id, ends what it has left open. */
  #replace(producer: TransactionalProducer): void {
    this.#producer = undefined;
    void producer.close();
  }

  /**
   * One matching position proves it: the transaction is whole, and others of it may have moved on with a new owner. Before
   * the question the successor is there, so that nothing is pending any more.
   */
  async #happened(positions: readonly CommitPosition[]): Promise<boolean> {
    const telling = positions.filter(({ carriesRecord }) => carriesRecord);
    if (telling.length === 0) return false;
    const ask = async (): Promise<readonly Position[]> => {
      await this.connect();
      return await this.#consumer.committed(telling);
    };
    const stored = await untilAvailable(ask, this.#closing.signal, this.#logger, { maxDelayMs });
    return telling.some((wanted) => stored.some((position) => isSame(position, wanted)));
  }
}

function isSame(a: Position, b: Position): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset && a.metadata === b.metadata;
}
