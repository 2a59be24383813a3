import type { ConsumedRecord, ProducedRecord } from '../broker/port.ts';
import type { JsonObject } from '../json.ts';
import { printableJson } from '../printable.ts';

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
      await send({ topic: this.#topic, value: toLogRecord(line) });
    } catch {
      // Logging this would make more of the same.
      this.#dropped += 1;
    } finally {
      this.#underWay -= 1;
    }
  }
}

type JobPlace = Pick<ConsumedRecord, 'topic' | 'partition' | 'offset'>;

/**
 * The job that a line is about stands in one field of its own: with `jobId` and `offset` the line would look like the
 * one terminal record of that job.
 */
function toLogRecord(line: string): string {
  const { jobId: _jobId, topic, partition, offset, ...fields } = JSON.parse(line) as JsonObject & Partial<JobPlace>;
  const about = offset === undefined ? {} : { job: `${topic}/${partition}@${offset}` };
  return printableJson(JSON.stringify({ kind: 'log', ...about, ...fields }));
}
