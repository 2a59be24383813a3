import kafka from '@confluentinc/kafka-javascript';

/** What a group, or another tool, can store for a partition. */
export interface StoredPosition {
  readonly topic: string;
  readonly partition?: number;
  readonly offset: number;
  readonly metadata?: string;
}

/** Stores a position as a tool does that is no member of the group. */
export async function storePosition(
  servers: readonly string[],
  group: string,
  position: StoredPosition,
): Promise<void> {
  await withConsumer(servers, group, async (consumer) => {
    consumer.commitSync({ partition: 0, ...position });
  });
}

/** Calls `act` with a client that can name the group. */
export async function withConsumer(
  servers: readonly string[],
  group: string,
  act: (consumer: kafka.KafkaConsumer) => Promise<void>,
): Promise<void> {
  const consumer = new kafka.KafkaConsumer({ 'bootstrap.servers': servers.join(','), 'group.id': group });
  await new Promise<void>((resolve, reject) => {
    consumer.connect({ allTopics: false }, (error) => (error ? reject(error) : resolve()));
  });
  try {
    await act(consumer);
  } finally {
    await new Promise<void>((resolve) => {
      consumer.disconnect(() => resolve());
    });
  }
}
