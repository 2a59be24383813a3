import { setTimeout as sleep } from 'node:timers/promises';
import { ConfluentConsumer } from '../broker/confluent-consumer.ts';
import type { ConsumerSettings } from '../broker/consumer-settings.ts';
import { partitionName } from '../broker/partition-name.ts';
import type { ConsumedRecord, ConsumerListener } from '../broker/port.ts';
import type { Logger } from '../logging/logger.ts';
import { within } from '../within.ts';
import type { Control } from './control.ts';
import { parseOrder, type Order } from './order.ts';

export type ControlTopicSettings = Pick<
  ConsumerSettings,
  'client' | 'clientId' | 'nominalGroupId' | 'sessionTimeoutMs'
> & {
  readonly topic: string;
  readonly control: Control;
  readonly logger: Logger;
};

/** How long the first job waits until every earlier order is known. */
const knownWithinMs = 10_000;

/** There is hardly ever an order: whoever looks more rarely wakes less often. */
const pollMs = 250;

/** After this a reader that has failed is made anew. */
const anewMs = 3_000;

/** Hands over the orders of the control topic, from the first that is retained and for ever. */
export class ControlTopic implements AsyncDisposable {
  readonly #settings: ControlTopicSettings;
  readonly #closing = new AbortController();
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly #reading: Promise<void>;

  constructor(settings: ControlTopicSettings) {
    this.#settings = settings;
    this.#reading = this.#readForEver();
  }

  /** Resolves when the orders that were there at the start are known, or cannot be for too long. */
  async untilKnown(limitMs = knownWithinMs): Promise<void> {
    let isKnown = false;
    const known = this.#caughtUp.promise.then(() => (isKnown = true));
    await within(limitMs, known);
    const { topic, logger } = this.#settings;
    if (isKnown || this.#closing.signal.aborted) return;
    const what = `the orders of ${topic} could not be read within ${limitMs / 1_000} s: jobs begin, and are ended as soon as they turn out to be cancelled`;
    logger.warn({ code: 'broker-unreachable' }, what);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#caughtUp.resolve();
    await this.#reading;
  }

  async #readForEver(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#settings.logger.warn(`the control topic cannot be read, again in a moment: ${why}`);
        await sleep(anewMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Until it fails, or nobody wants it any more. */
  async #read(): Promise<void> {
    const { client, clientId, nominalGroupId, topic, sessionTimeoutMs, logger } = this.#settings;
    const about = { client, clientId: `${clientId}-control`, topic, groupId: undefined, nominalGroupId } as const;
    await using consumer = new ConfluentConsumer({ ...about, from: 'start', pollMs, sessionTimeoutMs, logger });
    const over = Promise.withResolvers<void>();
    this.#closing.signal.addEventListener('abort', () => over.resolve(), { once: true });
    if (this.#closing.signal.aborted) return;
    await consumer.connect();
    await consumer.start(this.#listener(over.reject));
    await over.promise;
  }

  #listener(failed: (error: Error) => void): ConsumerListener {
    const behind = new Set<string>();
    const reached = (): void => {
      if (behind.size === 0) this.#caughtUp.resolve();
    };
    return {
      assigned: (partitions) => {
        if (partitions.length === 0) this.#sayMissing();
        for (const named of partitions) behind.add(partitionName(named));
        reached();
      },
      revoked: () => undefined,
      lost: () => undefined,
      record: (record) => this.#take(record),
      endReached: (end) => {
        behind.delete(partitionName(end));
        reached();
      },
      failed,
    };
  }

  /** It is looked for again every few seconds. */
  #sayMissing(): void {
    const { topic, logger } = this.#settings;
    const what = `the control topic ${topic} does not exist (yet), or may not be read: until then nobody gives orders`;
    logger.warn({ code: 'control-topic-missing' }, what);
  }

  /** What is no order hurts nobody. A record without a value is how a compacted topic forgets one. */
  #take(record: ConsumedRecord): void {
    const { control, logger } = this.#settings;
    const { topic, partition, offset, value } = record;
    if (value === null) return;
    let order: Order;
    try {
      order = parseOrder(value);
    } catch (error) {
      const why = error instanceof Error ? error.message.slice(0, 500) : String(error);
      const about = { code: 'order-ignored', order: `${topic}/${partition}@${offset}` };
      return logger.warn(about, `an order is ignored: ${why}`);
    }
    control.obey(order);
  }
}
