import type { Logger } from '../logging/logger.ts';
import type { LibrdkafkaError } from './kafka-error.ts';

/** How often a lasting trouble is mentioned again. */
const repeatMs = 30_000;

/** Sums up the client's error events, which come by the hundred while a broker is away. */
export class BrokerTrouble {
  readonly #logger: Logger;
  #lastMs = -Infinity;
  #suppressed = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  report(error: LibrdkafkaError): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs < repeatMs) {
      this.#suppressed += 1;
      return;
    }
    this.#logger.warn({ code: 'broker-unreachable', more: this.#suppressed }, `Kafka: ${error.message}`);
    this.#lastMs = nowMs;
    this.#suppressed = 0;
  }

  /** The broker answers: what is wrong next is news. */
  over(): void {
    if (this.#lastMs === -Infinity) return;
    this.#logger.info('Kafka: the broker answers again');
    this.#lastMs = -Infinity;
    this.#suppressed = 0;
  }
}
