import type kafka from '@confluentinc/kafka-javascript';
import { ask } from './kafka-error.ts';
import type { StartPosition, TopicPartition } from './port.ts';

const timeoutMs = 30_000;

/** All partitions of a topic, each from the offset that its next record will get. Makes the topic where brokers allow it. */
export async function partitionsFromEnd(client: kafka.KafkaConsumer, topic: string): Promise<StartPosition[]> {
  const partitions = await partitionIds(client, topic);
  return await Promise.all(partitions.map((partition) => endPosition(client, { topic, partition })));
}

/** All partitions of a topic, each from the first record that is retained. Makes the topic where brokers allow it. */
export async function partitionsFromStart(client: kafka.KafkaConsumer, topic: string): Promise<StartPosition[]> {
  const partitions = await partitionIds(client, topic);
  return await Promise.all(
    partitions.map(async (partition) => {
      const { lowOffset } = await watermarks(client, { topic, partition });
      return { topic, partition, offset: lowOffset, metadata: '' };
    }),
  );
}

/** The offset that the next record of a partition will get. */
export async function endPosition(client: kafka.KafkaConsumer, named: TopicPartition): Promise<StartPosition> {
  const { topic, partition } = named;
  const { highOffset } = await watermarks(client, named);
  return { topic, partition, offset: highOffset, metadata: '' };
}

async function watermarks(client: kafka.KafkaConsumer, { topic, partition }: TopicPartition) {
  return await ask<kafka.WatermarkOffsets>(`ends of ${topic}/${partition}`, (done) =>
    client.queryWatermarkOffsets(topic, partition, timeoutMs, done),
  );
}

/** Partitions that were added since, from their first record: all of it arrived after the start. */
export async function addedPartitions(
  client: kafka.KafkaConsumer,
  topic: string,
  known: readonly TopicPartition[],
): Promise<StartPosition[]> {
  const ids = await partitionIds(client, topic);
  const added = ids.filter((id) => !known.some(({ partition }) => partition === id));
  return added.map((partition) => ({ topic, partition, offset: 0, metadata: '' }));
}

/** The ids of a topic's partitions; none when the topic does not exist (yet). */
async function partitionIds(client: kafka.KafkaConsumer, topic: string): Promise<number[]> {
  const metadata = await ask<kafka.Metadata>(`partitions of ${topic}`, (done) =>
    client.getMetadata({ topic, timeout: timeoutMs }, done),
  );
  return metadata.topics.find(({ name }) => name === topic)?.partitions.map(({ id }) => id) ?? [];
}
