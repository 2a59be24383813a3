import kafka, { type Message } from '@confluentinc/kafka-javascript';
import { UnavailableError } from '../errors.ts';
import { toJobError, type LibrdkafkaError } from './kafka-error.ts';
import type { TopicPartition } from './port.ts';
import { toRawRecord, type RawRecord } from './raw-record.ts';

/** A part of a partition: from `start` up to, but not including, `end`. */
export interface OffsetRange extends TopicPartition {
  readonly start: number;
  readonly end: number;
}

const codes = kafka.CODES.ERRORS;

/** These do not pass by waiting. */
const lasting: readonly number[] = [codes.ERR_TOPIC_AUTHORIZATION_FAILED, codes.ERR_UNKNOWN_TOPIC_OR_PART];

const beginAnewMs = 5_000;

/** Reads ranges to their ends with a client that has no assignment yet, and takes the assignment away again. */
export async function readRanges(
  client: kafka.KafkaConsumer,
  ranges: readonly OffsetRange[],
  take: (record: RawRecord) => void,
  patienceMs: number,
): Promise<void> {
  const open = new OpenRanges(ranges);
  if (open.count === 0) return;
  const patience = new Patience(patienceMs);
  const batch = new BatchSize();
  // The offset at the end of a partition also counts what is never delivered: aborted records, markers of transactions.
  // The client tells of the ends in a batch before it hands over the batch's records.
  let ends: kafka.EofEvent[] = [];
  const atEnd = (eof: kafka.EofEvent): void => void ends.push(eof);
  client.on('partition.eof', atEnd);
  try {
    client.assign(open.positions());
    while (open.count > 0) {
      const before = open.progress;
      const messages = await consume(client, batch.count, patience);
      batch.adapt(messages);
      for (const message of messages) {
        if (open.takes(message)) take(toRawRecord(message));
        open.reached(message, message.offset + 1);
      }
      for (const eof of ends) open.reached(eof, eof.offset);
      ends = [];
      // Of an error that stands behind records of the same batch the client says nothing: begun anew, it is said again.
      if (patience.check(open.progress > before, open) === 'begin anew') client.assign(open.positions());
    }
  } finally {
    client.removeListener('partition.eof', atEnd);
    client.unassign();
  }
}

function consume(client: kafka.KafkaConsumer, batchSize: number, patience: Patience): Promise<readonly Message[]> {
  return new Promise((resolve, reject) => {
    client.consume(batchSize, (error: LibrdkafkaError | null, messages) => {
      if (error) patience.trouble = error;
      if (error && lasting.includes(error.code)) reject(toJobError(error, 'read'));
      else resolve(messages ?? []);
    });
  });
}

/** What a batch should hold: few calls for small records, and bounded memory for large ones. */
const [minCount, maxCount, maxBytes] = [10, 1_000, 8_000_000];

/** How many records are asked for at a time. The client goes on until it has as many, however large they are. */
class BatchSize {
  count = minCount;

  /** A run of large records is met with what the small ones before it allowed: so the way up is slower. */
  adapt(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    const bytes = messages.reduce((sum, { size }) => sum + size, 0);
    const fitting = Math.floor((maxBytes * messages.length) / Math.max(1, bytes));
    this.count = Math.max(minCount, Math.min(maxCount, this.count * 2, fitting));
  }
}

/** The ranges that are not at their ends yet. */
class OpenRanges {
  readonly #positions = new Map<string, (Mutable | undefined)[]>();
  count = 0;
  /** Grows with each offset that is reached. */
  progress = 0;

  constructor(ranges: readonly OffsetRange[]) {
    for (const range of ranges) {
      if (range.start >= range.end) continue;
      const ofTopic = this.#positions.get(range.topic) ?? [];
      ofTopic[range.partition] = { ...range, position: range.start };
      this.#positions.set(range.topic, ofTopic);
      this.count += 1;
    }
  }

  positions(): kafka.TopicPartitionOffset[] {
    return this.#all().map(({ topic, partition, position }) => ({ topic, partition, offset: position }));
  }

  takes({ topic, partition, offset }: kafka.TopicPartitionOffset): boolean {
    const range = this.#positions.get(topic)?.[partition];
    return range !== undefined && offset >= range.position && offset < range.end;
  }

  reached({ topic, partition }: TopicPartition, position: number): void {
    const ofTopic = this.#positions.get(topic);
    const range = ofTopic?.[partition];
    if (ofTopic === undefined || range === undefined || position <= range.position) return;
    this.progress += 1;
    range.position = position;
    if (position < range.end) return;
    ofTopic[partition] = undefined;
    this.count -= 1;
  }

  toString(): string {
    return this.#all()
      .map(({ topic, partition, position, end }) => `${topic}/${partition} at ${position} of ${end}`)
      .join(', ');
  }

  #all(): Mutable[] {
    return [...this.#positions.values()].flat().filter((range) => range !== undefined);
  }
}

interface Mutable extends OffsetRange {
  position: number;
}

class Patience {
  readonly #limitMs: number;
  #progressMs = performance.now();
  #begunMs = this.#progressMs;
  trouble: LibrdkafkaError | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  check(isProgress: boolean, open: OpenRanges): 'wait' | 'begin anew' {
    const nowMs = performance.now();
    if (isProgress) this.#progressMs = this.#begunMs = nowMs;
    if (nowMs - this.#progressMs >= this.#limitMs) throw this.#stuck(open);
    if (nowMs - this.#begunMs < beginAnewMs) return 'wait';
    this.#begunMs = nowMs;
    return 'begin anew';
  }

  #stuck(open: OpenRanges): UnavailableError {
    const why = this.trouble?.message ?? 'somebody left a transaction open, or the broker does not answer';
    const message = `Kafka: nothing more could be read for ${this.#limitMs / 1_000} s (${why})`;
    return new UnavailableError('broker-unreachable', `${message}; not read to the end: ${String(open)}`, {
      cause: this.trouble,
    });
  }
}
