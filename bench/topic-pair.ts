import { EventEmitter, once } from 'node:events';
import { createLogger } from 'kafka-runner';
import type { LabKafka } from '../lab/lab.ts';
import { clientSettingsSchema } from '../packages/kafka-runner/src/broker/client-settings.ts';
import { ConfluentConsumer } from '../packages/kafka-runner/src/broker/confluent-consumer.ts';
import { ConfluentProducer } from '../packages/kafka-runner/src/broker/confluent-producer.ts';

/** Far more than any job of a benchmark takes: one that fails has no result. */
const silenceMs = 300_000;

/** Both ends of a worker: sends jobs to its input topic and sees its results arrive. */
export class TopicPair implements AsyncDisposable {
  readonly inTopic: string;
  readonly outTopic: string;
  readonly #producer: ConfluentProducer;
  readonly #consumer: ConfluentConsumer;
  readonly #arrivals = new EventEmitter();
  #arrived = 0;

  private constructor(kafka: LabKafka, name: string) {
    this.inTopic = `${name}.in`;
    this.outTopic = `${name}.out`;
    const client = clientSettingsSchema.parse({ bootstrapServers: kafka.bootstrapServers });
    const logger = createLogger({ runner: 'bench', level: 'warn' });
    this.#producer = new ConfluentProducer({ client, clientId: `bench-${name}`, logger });
    const topic = this.outTopic;
    const settings = { client, clientId: `bench-${name}`, topic, groupId: undefined, sessionTimeoutMs: 10_000, logger };
    this.#consumer = new ConfluentConsumer(settings);
  }

  /** Makes the topics and begins to read the results. */
  static async open(kafka: LabKafka, name: string, partitions = 1): Promise<TopicPair> {
    const pair = new TopicPair(kafka, name);
    await Promise.all([kafka.createTopic(pair.inTopic, { partitions }), kafka.createTopic(pair.outTopic)]);
    await Promise.all([pair.#producer.connect(), pair.#consumer.connect()]);
    await pair.#consumer.start({
      assigned: () => undefined,
      revoked: () => undefined,
      lost: () => undefined,
      endReached: () => undefined,
      failed: (error) => pair.#arrivals.emit('error', error),
      record: () => {
        pair.#arrived += 1;
        pair.#arrivals.emit('result');
      },
    });
    return pair;
  }

  /** Sends jobs all at once; resolves when as many results have arrived. Throws when none arrives any more. */
  async roundTrip(jobs: readonly unknown[]): Promise<void> {
    const wanted = this.#arrived + jobs.length;
    await Promise.all(jobs.map((job) => this.#producer.send({ topic: this.inTopic, value: JSON.stringify(job) })));
    while (this.#arrived < wanted) await this.#next(wanted);
  }

  async #next(wanted: number): Promise<void> {
    try {
      await once(this.#arrivals, 'result', { signal: AbortSignal.timeout(silenceMs) });
    } catch (cause) {
      throw new Error(`${wanted - this.#arrived} jobs have no result: see out/bench-worker.log`, { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#consumer.close(), this.#producer.close()]);
  }
}
