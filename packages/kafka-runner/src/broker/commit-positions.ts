import kafka, { type TopicPartitionOffset } from '@confluentinc/kafka-javascript';
import { toJobError, type LibrdkafkaError } from './kafka-error.ts';
import type { Position } from './port.ts';

/** How long a commit may stay unanswered. */
const timeoutMs = 10_000;

/**
 * Resolves when the group has stored the positions. One at a time. Throws UnavailableError.
 *
 * The client's `commitCb` calls back before the broker has answered. What the group says arrives as the event
 * `offset.commit`; it holds one error for all partitions, so that a refusal of a few of them stays unseen (the next commit
 * of the partition mends that).
 */
export async function commitPositions(client: kafka.KafkaConsumer, positions: readonly Position[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const settle = (error: LibrdkafkaError | null): void =>
    error ? reject(toJobError(error, 'commit positions')) : resolve();
  const answer = (error: LibrdkafkaError | null, about: readonly TopicPartitionOffset[]): void => {
    if (about.some((one) => positions.some((position) => isSame(one, position)))) settle(error);
  };
  client.on('offset.commit', answer);
  try {
    client.commit([...positions]);
  } catch (error) {
    settle(error as LibrdkafkaError);
  }
  const late = { code: kafka.CODES.ERRORS.ERR__TIMED_OUT, message: 'no answer' };
  const timer = setTimeout(() => settle(late), timeoutMs);
  await promise.finally(() => {
    clearTimeout(timer);
    client.removeListener('offset.commit', answer);
  });
}

function isSame(a: TopicPartitionOffset, b: Position): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset;
}
