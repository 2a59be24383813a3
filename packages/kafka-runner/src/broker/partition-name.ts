import type { TopicPartition } from './port.ts';

/** A partition as one text, `topic/partition`: for maps and for people. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
