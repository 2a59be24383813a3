import kafka from '@confluentinc/kafka-javascript';
import { UnavailableError } from '../errors.ts';
import type { Logger } from '../logging/logger.ts';
import { BrokerTrouble } from './broker-trouble.ts';
import { librdkafkaConfig, type ClientSettings } from './client-settings.ts';
import { connectClient, disconnectClient } from './connection.ts';
import { kafkaHeaders } from './kafka-headers.ts';
import { toJobError, type LibrdkafkaError } from './kafka-error.ts';
import type { ProducedRecord, Producer, SentRecord } from './port.ts';

export interface ProducerSettings {
  readonly client: ClientSettings;
  readonly clientId: string;
  readonly logger: Logger;
  /** How long the client itself tries to deliver a record before `send` fails, milliseconds. */
  readonly deliveryTimeoutMs?: number;
  /** For what may be lost, repeated or come in another order: nobody waits for replicas, and what comes together is sent together. */
  readonly bestEffort?: boolean;
}

/** What comes within this is sent together, milliseconds. */
const lingerMs = 20;

type Deliver = (error: LibrdkafkaError | null, report: kafka.DeliveryReport) => void;

/** librdkafka's idempotent producer behind the port. */
export class ConfluentProducer implements Producer {
  readonly #settings: ProducerSettings;
  readonly #client: kafka.Producer;
  readonly #trouble: BrokerTrouble;
  readonly #closing = new AbortController();

  constructor(settings: ProducerSettings) {
    this.#settings = settings;
    this.#trouble = new BrokerTrouble(settings.logger);
    this.#client = new kafka.Producer({
      ...librdkafkaConfig(settings.client, settings.clientId),
      'enable.idempotence': !settings.bestEffort,
      ...(settings.bestEffort && { acks: 1 }),
      'linger.ms': settings.bestEffort ? lingerMs : 0,
      // The client's own bound (1 MB) would refuse a result that the topic takes: let the broker judge.
      'message.max.bytes': 100_000_000,
      'message.timeout.ms': settings.deliveryTimeoutMs ?? 30_000,
      dr_cb: (error: LibrdkafkaError | null, report: kafka.DeliveryReport) => {
        if (!error) this.#trouble.over();
        (report.opaque as Deliver)(error, report);
      },
    });
  }

  async connect(): Promise<void> {
    await connectClient(this.#client, this.#settings.client, this.#closing.signal);
    this.#client.on('event.error', (error) => this.#trouble.report(error));
    // Delivery reports come from a thread of the client's: a timer of ours would add its interval to each send.
    this.#client.setPollInBackground(true);
  }

  async send(record: ProducedRecord): Promise<void> {
    await this.append(record);
  }

  /** Sends a record, and resolves to where it stands. */
  async append(record: ProducedRecord): Promise<SentRecord> {
    const { topic, partition = null } = record;
    const value = typeof record.value === 'string' ? Buffer.from(record.value) : record.value;
    const headers = kafkaHeaders(record.headers);
    return await new Promise<SentRecord>((resolve, reject) => {
      const fail = (error: unknown): void => reject(this.#failure(error, topic));
      const deliver: Deliver = (error, report) =>
        error ? fail(error) : resolve({ topic, partition: report.partition, offset: report.offset });
      try {
        this.#client.produce(topic, partition, value, record.key ?? null, null, deliver, headers);
      } catch (error) {
        fail(error);
      }
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await disconnectClient(this.#client, this.#settings.logger);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #failure(error: unknown, topic: string): Error {
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') {
      // A client in this state refuses everything for ever: only a new process helps, and the jobs are handed back.
      if (error.code === kafka.CODES.ERRORS.ERR__FATAL) {
        return new Error(`Kafka: the producer cannot go on: ${error.message}`, { cause: error });
      }
      return toJobError({ message: error.message, code: error.code }, `send to ${topic}`);
    }
    return new UnavailableError('broker-unreachable', `Kafka: send to ${topic}: ${String(error)}`, { cause: error });
  }
}
