import type { Message } from '@confluentinc/kafka-javascript';
import type { TopicPartition } from './port.ts';

/** A header as it stands in the record; names may be repeated. The client shows a null value as an empty one. */
export type RawHeader = readonly [name: string, value: Buffer];

/** What a record holds, byte for byte. */
export interface RawContent {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RawHeader[];
}

/** A record as it stands in its topic. */
export interface RawRecord extends TopicPartition, RawContent {
  readonly offset: number;
}

export function toRawRecord({ topic, partition, offset, key, value, headers = [] }: Message): RawRecord {
  return {
    topic,
    partition,
    offset,
    key: typeof key === 'string' ? Buffer.from(key) : (key ?? null),
    value,
    headers: headers.flatMap((header) => Object.entries(header) as [string, Buffer][]),
  };
}
