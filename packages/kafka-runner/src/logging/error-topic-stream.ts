import type { ProducedRecord } from '../broker/port.ts';

/** Log lines under way to Kafka at most; beyond it they are dropped. */
const maxUnderWay = 100;

/**
 * Takes log lines of level error to the error topic, as records of kind `log`. Never waits and never fails: a line
 * that cannot be sent is dropped and counted.
 */
export class ErrorTopicStream {
  readonly #topic: string;
  #send: ((record: ProducedRecord) => Promise<void>) | undefined;
  #underWay = 0;
  #dropped = 0;

  constructor(topic: string) {
    this.#topic = topic;
  }

  /** Lines before this are dropped. */
  open(send: (record: ProducedRecord) => Promise<void>): void {
    this.#send = send;
  }

  /** How many lines did not reach the topic. */
  get dropped(): number {
    return this.#dropped;
  }

  write(line: string): void {
    if (this.#send === undefined || this.#underWay >= maxUnderWay) {
      this.#dropped += 1;
      return;
    }
    void this.#sendLine(line, this.#send);
  }

  async #sendLine(line: string, send: (record: ProducedRecord) => Promise<void>): Promise<void> {
    this.#underWay += 1;
    try {
      await send({ topic: this.#topic, value: JSON.stringify({ kind: 'log', ...(JSON.parse(line) as object) }) });
    } catch {
      // Logging this would make more of the same.
      this.#dropped += 1;
    } finally {
      this.#underWay -= 1;
    }
  }
}
