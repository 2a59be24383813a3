import kafka from '@confluentinc/kafka-javascript';
import { withConsumer, type StoredPosition } from './group-position.ts';

/** A record as its sender writes it, byte for byte. */
export interface RawOutgoing {
  readonly topic: string;
  readonly partition?: number;
  readonly key?: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: readonly (readonly [string, Buffer | string])[];
}

/** Sends what any program may send, in transactions too. */
export class RawProducer implements AsyncDisposable {
  readonly #client: kafka.Producer;
  readonly #undelivered: unknown[] = [];
  readonly #servers: readonly string[];

  private constructor(bootstrapServers: readonly string[], transactionalId: string | undefined) {
    this.#servers = bootstrapServers;
    this.#client = new kafka.Producer({
      'bootstrap.servers': bootstrapServers.join(','),
      'message.max.bytes': 64_000_000,
      'queue.buffering.max.messages': 2_000_000,
      ...(transactionalId === undefined ? {} : { 'transactional.id': transactionalId }),
      dr_cb: (error: unknown) => {
        if (error) this.#undelivered.push(error);
      },
    });
  }

  static async connect(bootstrapServers: readonly string[], transactionalId?: string): Promise<RawProducer> {
    const producer = new RawProducer(bootstrapServers, transactionalId);
    await call((done) => producer.#client.connect({ allTopics: false, timeout: 10_000 }, done));
    producer.#client.setPollInBackground(true);
    if (transactionalId !== undefined) await call((done) => producer.#client.initTransactions(30_000, done));
    return producer;
  }

  /** Resolves when the broker has all of them. */
  async send(records: Iterable<RawOutgoing>): Promise<void> {
    for (const record of records) await this.#produce(record);
    await this.flush();
  }

  async begin(): Promise<void> {
    await call((done) => this.#client.beginTransaction(done));
  }

  /** A position that is stored when the transaction is committed. */
  async sendPosition(group: string, position: StoredPosition): Promise<void> {
    await withConsumer(this.#servers, group, async (consumer) => {
      const positions = [{ partition: 0, ...position }];
      await call((done) => this.#client.sendOffsetsToTransaction(positions, consumer, 30_000, done));
    });
  }

  async commit(): Promise<void> {
    await call((done) => this.#client.commitTransaction(30_000, done));
  }

  async abort(): Promise<void> {
    await call((done) => this.#client.abortTransaction(30_000, done));
  }

  async flush(): Promise<void> {
    await call((done) => this.#client.flush(120_000, done));
    if (this.#undelivered.length > 0) throw new Error('not delivered', { cause: this.#undelivered[0] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await call((done) => this.#client.disconnect(() => done(null)));
  }

  async #produce({ topic, partition = 0, key = null, value, headers = [] }: RawOutgoing): Promise<void> {
    const named = headers.map(([name, content]) => ({ [name]: content }));
    for (;;) {
      try {
        this.#client.produce(topic, partition, value, key, null, undefined, named);
        return;
      } catch (error) {
        if ((error as kafka.LibrdKafkaError).code !== kafka.CODES.ERRORS.ERR__QUEUE_FULL) throw error;
        await this.flush();
      }
    }
  }
}

function call(ask: (done: (error: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    ask((error) => (error ? reject(error) : resolve()));
  });
}
