import kafka from '@confluentinc/kafka-javascript';
import { ConfigError } from '../errors.ts';
import type { Logger } from '../logging/logger.ts';
import { librdkafkaConfig, type ClientSettings } from './client-settings.ts';
import { connectClient, disconnectClient } from './connection.ts';
import { toJobError, type LibrdkafkaError } from './kafka-error.ts';
import { kafkaHeaders } from './kafka-headers.ts';
import { within } from '../within.ts';
import type { Position, ProducedRecord } from './port.ts';

export interface TransactionalProducerSettings {
  readonly client: ClientSettings;
  readonly clientId: string;
  /** Two producers with the same id fence each other: the later one ends what the earlier one left open. */
  readonly transactionalId: string;
  /** After this a broker ends a transaction that nobody has ended. Milliseconds. */
  readonly transactionTimeoutMs: number;
  readonly logger: Logger;
}

type Answer = (error: LibrdkafkaError | null) => void;

/** How long one step may wait for the broker before its end is uncertain. */
const stepMs = 5_000;

/**
 * One life of librdkafka's transactional producer. After any error it is of no use any more: a delayed commit or abort
 * may hit the next transaction.
 */
export class TransactionalProducer {
  readonly #settings: TransactionalProducerSettings;
  readonly #client: kafka.Producer;
  /** Why the first record that could not be delivered was not. */
  #refusal: LibrdkafkaError | undefined;

  private constructor(settings: TransactionalProducerSettings) {
    this.#settings = settings;
    const { client, clientId, transactionalId, transactionTimeoutMs } = settings;
    this.#client = new kafka.Producer({
      ...librdkafkaConfig(client, clientId),
      'transactional.id': transactionalId,
      'transaction.timeout.ms': transactionTimeoutMs,
      'linger.ms': 0,
      // A broker that is still writing the end of the last transaction wants to be asked again: 100 ms would be felt.
      'retry.backoff.ms': 5,
      // The client's own bound (1 MB) would refuse a result that the topic takes: let the broker judge.
      'message.max.bytes': 100_000_000,
      dr_cb: (error: LibrdkafkaError | null, report: kafka.DeliveryReport) => {
        if (error) this.#refusal ??= error;
        (report.opaque as () => void)();
      },
    });
    // Each step tells its own trouble.
    this.#client.on('event.error', () => undefined);
  }

  /**
   * Connects, and ends what a former producer of this id has left open.
   * @throws UnavailableError when no broker answers; ConfigError when this worker has no right to transactions
   */
  static async open(settings: TransactionalProducerSettings, closing: AbortSignal): Promise<TransactionalProducer> {
    const producer = new TransactionalProducer(settings);
    try {
      await connectClient(producer.#client, settings.client, closing);
      producer.#client.setPollInBackground(true);
      await step('begin with transactions', (done) => producer.#client.initTransactions(stepMs, done));
      return producer;
    } catch (error) {
      void producer.close();
      throw withoutRights(error, settings.transactionalId);
    }
  }

  /** Opens a transaction and puts everything into it. Throws UnavailableError, or FailedError `record-too-large`. */
  async prepare(
    records: readonly ProducedRecord[],
    positions: readonly Position[],
    consumer: kafka.KafkaConsumer,
  ): Promise<void> {
    await step('begin a transaction', (done) => this.#client.beginTransaction(done));
    const delivered = records.map((record) => this.#produce(record));
    await this.#step('send positions', (done) =>
      this.#client.sendOffsetsToTransaction([...positions], consumer, stepMs, done),
    );
    // The commit would wait for them too, but in steps of 10 ms (librdkafka's flush).
    await within(stepMs, Promise.all(delivered));
  }

  /** Makes it all visible at once. Whether it is, is uncertain when this throws. */
  async commit(): Promise<void> {
    await this.#step('commit a transaction', (done) => this.#client.commitTransaction(stepMs, done));
  }

  /** Ends it; what it has left open is aborted by its successor, or by the broker after the time-out. Never throws. */
  async close(): Promise<void> {
    await disconnectClient(this.#client, this.#settings.logger);
  }

  /** Resolves when the record is delivered or refused. */
  #produce({ topic, value, key, headers }: ProducedRecord): Promise<void> {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    const { promise, resolve } = Promise.withResolvers<void>();
    try {
      this.#client.produce(topic, null, bytes, key ?? null, null, resolve, kafkaHeaders(headers));
    } catch (error) {
      throw toJobError(error as LibrdkafkaError, `send to ${topic}`);
    }
    return promise;
  }

  /** A step also fails with the records that were given before: the first of them that was refused says why. */
  async #step(doing: string, act: (done: Answer) => void): Promise<void> {
    try {
      await step(doing, act);
    } catch (error) {
      throw this.#refusal ? toJobError(this.#refusal, 'send a record') : error;
    }
  }
}

async function step(doing: string, act: (done: Answer) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done: Answer = (error) => (error ? reject(toJobError(error, doing)) : resolve());
    try {
      act(done);
    } catch (error) {
      done(error as LibrdkafkaError);
    }
  });
}

function withoutRights(error: unknown, transactionalId: string): unknown {
  const { code } = ((error as Error).cause ?? {}) as Partial<LibrdkafkaError>;
  if (code !== kafka.CODES.ERRORS.ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED) return error;
  return new ConfigError(
    `Kafka does not let this worker use the transactional id ${transactionalId}: give it Write and Describe on it, or set the delivery to at-least-once`,
    { cause: error },
  );
}
