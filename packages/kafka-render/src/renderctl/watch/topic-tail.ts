import { MissingTopicError, type OffsetRange, type RawRecord, type TopicReader } from 'kafka-runner';

/** Of a topic whose last record of a key holds, so many records of each partition are enough to begin with. */
const latest = 10_000;

export interface TailedTopic {
  readonly topic: string;
  /** Where reading begins. */
  readonly from: 'start' | 'latest' | 'end';
}

/** Reads topics on and on; one that is not there yet is read when it is. */
export class TopicTail {
  readonly #reader: TopicReader;
  readonly #topics: readonly TailedTopic[];
  readonly #positions = new Map<string, number>();
  #isFirst = true;

  constructor(reader: TopicReader, topics: readonly TailedTopic[]) {
    this.#reader = reader;
    this.#topics = topics;
  }

  /** Hands over what has been written since the last time. Throws UnavailableError. */
  async poll(take: (record: RawRecord) => void): Promise<void> {
    const ranges = await Promise.all(this.#topics.map((tailed) => this.#news(tailed)));
    this.#isFirst = false;
    await this.#reader.read(ranges.flat(), take);
    for (const { topic, partition, end } of ranges.flat()) this.#positions.set(`${topic}/${partition}`, end);
  }

  async #news({ topic, from }: TailedTopic): Promise<OffsetRange[]> {
    const ranges = await this.#rangesOf(topic);
    return ranges.map((range) => {
      const first = this.#isFirst ? firstOffset(range, from) : range.start;
      const known = this.#positions.get(`${topic}/${range.partition}`) ?? first;
      return { ...range, start: Math.min(range.end, Math.max(range.start, known)) };
    });
  }

  async #rangesOf(topic: string): Promise<OffsetRange[]> {
    try {
      return await this.#reader.ranges(topic);
    } catch (error) {
      if (error instanceof MissingTopicError) return [];
      throw error;
    }
  }
}

function firstOffset({ start, end }: OffsetRange, from: TailedTopic['from']): number {
  if (from === 'start') return start;
  return from === 'end' ? end : Math.max(start, end - latest);
}
