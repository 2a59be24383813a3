import kafka from '@confluentinc/kafka-javascript';
import type { Logger } from '../logging/logger.ts';
import type { LibrdkafkaError } from './kafka-error.ts';

/** How often a lasting trouble is mentioned again. */
const repeatMs = 30_000;

/** Sums up the client's error events, which come by the hundred while a broker is away. */
export class BrokerTrouble {
  readonly #logger: Logger;
  readonly #topic: string | undefined;
  #lastMs = -Infinity;
  #suppressed = 0;

  /** @param topic the one topic that the client is about, if there is one */
  constructor(logger: Logger, topic?: string) {
    this.#logger = logger;
    this.#topic = topic;
  }

  report(error: LibrdkafkaError): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs < repeatMs) {
      this.#suppressed += 1;
      return;
    }
    this.#logger.warn({ code: 'broker-unreachable', more: this.#suppressed }, this.#describe(error));
    this.#lastMs = nowMs;
    this.#suppressed = 0;
  }

  #describe({ code, message }: LibrdkafkaError): string {
    if (code !== kafka.CODES.ERRORS.ERR_UNKNOWN_TOPIC_OR_PART || this.#topic === undefined) return `Kafka: ${message}`;
    return `Kafka: topic ${this.#topic} does not exist (yet): waiting for it; create it, or check the name`;
  }

  /** The broker answers: what is wrong next is news. */
  over(): void {
    if (this.#lastMs === -Infinity) return;
    this.#logger.info('Kafka: the broker answers again');
    this.#lastMs = -Infinity;
    this.#suppressed = 0;
  }
}
