import { setTimeout as sleep } from 'node:timers/promises';
import kafka from '@confluentinc/kafka-javascript';

type DeliveryError = Error & { readonly code: number };

/** Sends whatever a sender may send: of any size, with or without a key, to any partition. */
export class Sender {
  readonly #client: kafka.Producer;

  private constructor(client: kafka.Producer) {
    this.#client = client;
  }

  static async connect(bootstrapServers: readonly string[]): Promise<Sender> {
    const client = new kafka.Producer({
      'bootstrap.servers': bootstrapServers.join(','),
      'message.max.bytes': 64_000_000,
      'linger.ms': 0,
      'topic.metadata.refresh.interval.ms': 500,
      dr_cb: (error: DeliveryError | null, report: kafka.DeliveryReport) => {
        (report.opaque as (error: DeliveryError | null) => void)(error);
      },
    });
    await new Promise<void>((resolve, reject) => {
      client.connect({ allTopics: false, timeout: 10_000 }, (error) => (error ? reject(error) : resolve()));
    });
    client.setPollInBackground(true);
    return new Sender(client);
  }

  /** Resolves when the broker has it. */
  async send(topic: string, value: string | Buffer | null, options: SendOptions = {}): Promise<void> {
    for (;;) {
      const error = await this.#sendOnce(topic, value, options);
      if (error === null) return;
      // A partition that has just been added is known to this client within a moment.
      if (error.code !== kafka.CODES.ERRORS.ERR__UNKNOWN_PARTITION) throw error;
      await sleep(200);
    }
  }

  #sendOnce(topic: string, value: string | Buffer | null, options: SendOptions): Promise<DeliveryError | null> {
    const { partition = null, key = null, headers = {} } = options;
    const kafkaHeaders = Object.entries(headers).map(([name, text]) => ({ [name]: text }));
    return new Promise((resolve) => {
      try {
        const bytes = value === null ? null : Buffer.from(value);
        this.#client.produce(topic, partition, bytes, key, null, resolve, kafkaHeaders);
      } catch (error) {
        resolve(error as DeliveryError);
      }
    });
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#client.disconnect(() => resolve());
    });
  }
}

export interface SendOptions {
  readonly partition?: number;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
