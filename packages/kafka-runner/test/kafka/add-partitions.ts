import kafka from '@confluentinc/kafka-javascript';

/** Raises the number of a topic's partitions to `total`. */
export async function addPartitions(bootstrapServers: readonly string[], topic: string, total: number): Promise<void> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': bootstrapServers.join(',') });
  try {
    await new Promise<void>((resolve, reject) => {
      admin.createPartitions(topic, total, 10_000, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    admin.disconnect();
  }
}
