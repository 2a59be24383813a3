import { ConfluentProducer, stringifyJson, type ClientSettings, type Logger } from 'kafka-runner';
import { retryJob, type Retried } from 'kafka-render';
import type { DashboardTopics } from './config.ts';

/** Where a job stands; its topic is the input topic. */
export interface JobPlace {
  readonly partition: number;
  readonly offset: number;
}

export interface OrderSettings {
  readonly client: ClientSettings;
  readonly clientId: string;
  readonly topics: DashboardTopics;
  readonly logger: Logger;
}

/** What the dashboard can change: it sends records, and workers act on them. */
export class Orders implements AsyncDisposable {
  readonly #settings: OrderSettings;
  readonly #producer: ConfluentProducer;
  #retrying: Promise<unknown> = Promise.resolve();

  private constructor(settings: OrderSettings) {
    this.#settings = settings;
    this.#producer = new ConfluentProducer({ ...settings, deliveryTimeoutMs: 10_000 });
  }

  static async connect(settings: OrderSettings): Promise<Orders> {
    const orders = new Orders(settings);
    await orders.#producer.connect();
    return orders;
  }

  /** `control_order.schema.json`. Throws UnavailableError when Kafka does not take it. */
  async cancel(controlTopic: string, { partition, offset }: JobPlace): Promise<void> {
    const topic = this.#settings.topics.jobs;
    const time = new Date().toISOString();
    const order = { order: 'cancel', topic, partition, offset, time, reason: 'cancelled in the dashboard' };
    const key = `${topic}-${partition}-${offset}`;
    await this.#producer.send({ topic: controlTopic, key, value: stringifyJson(order) });
  }

  /** One after the other: each takes over from the one before it, as two runs of `kafka-renderctl retry` do. */
  async retry(job: JobPlace): Promise<Retried> {
    const { topics } = this.#settings;
    const run = async (): Promise<Retried> =>
      await retryJob(this.#settings, topics.errors, { topic: topics.jobs, ...job });
    const result = this.#retrying.then(run, run);
    this.#retrying = result;
    return await result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#retrying.catch(() => undefined);
    await this.#producer.close();
  }
}
