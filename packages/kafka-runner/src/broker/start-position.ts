import { setTimeout as sleep } from 'node:timers/promises';
import type kafka from '@confluentinc/kafka-javascript';
import type { Logger } from '../logging/logger.ts';
import { ask } from './kafka-error.ts';
import type { Position, StartPosition, TopicPartition } from './port.ts';

const askMs = 10_000;
const maxTries = 3;
const pauseMs = 1_000;

/**
 * Where a partition goes on: at the group's position, if the partition still holds it. What retention has eaten is gone
 * for good, and said so; a position beyond the end belongs to a topic of the same name that is no more.
 */
export async function startPosition(
  client: kafka.KafkaConsumer,
  { topic, partition }: TopicPartition,
  stored: readonly Position[],
  logger: Logger,
): Promise<StartPosition> {
  const position = stored.find((one) => one.topic === topic && one.partition === partition);
  if (position === undefined) return { topic, partition, offset: undefined, metadata: '' };
  const { offset } = position;
  const { lowOffset, highOffset } = await watermarks(client, { topic, partition }, offset);
  const about = { topic, partition, position: offset, oldest: lowOffset, end: highOffset };
  if (offset > highOffset) {
    const what = 'the position is beyond the end of the partition: the topic was made anew, and is read from its start';
    logger.error({ ...about, code: 'topic-recreated' }, what);
    return { topic, partition, offset: lowOffset, metadata: '' };
  }
  if (offset < lowOffset) {
    sayExpired(logger, { topic, partition, from: offset, to: lowOffset });
  }
  return position;
}

/** A broker that has just come up may need a moment to know the end: a position beyond it is asked about again. */
async function watermarks(
  client: kafka.KafkaConsumer,
  { topic, partition }: TopicPartition,
  position: number,
): Promise<kafka.WatermarkOffsets> {
  for (let tries = 1; ; tries += 1) {
    const found = await ask<kafka.WatermarkOffsets>(`ends of ${topic}/${partition}`, (done) =>
      client.queryWatermarkOffsets(topic, partition, askMs, done),
    );
    if (position <= found.highOffset || tries === maxTries) return found;
    await sleep(pauseMs);
  }
}

/** What retention has eaten is gone for good; nobody shall believe that it was done. */
export function sayExpired(
  logger: Logger,
  { from, to, ...about }: TopicPartition & { from: number; to: number },
): void {
  const what = `retention has eaten offsets ${from} to ${to - 1}, and with them jobs that were not done: keep the topic longer, or add workers`;
  logger.error({ ...about, code: 'jobs-expired', from, to }, what);
}
