import kafka from '@confluentinc/kafka-javascript';

type Admin = ReturnType<typeof kafka.AdminClient.create>;
type Done = (error: unknown) => void;

const patience = { timeout: 10_000 };

/** Does what retention does: takes the records below an offset. */
export async function deleteRecords(servers: readonly string[], topic: string, offset: number): Promise<void> {
  const upTo = [{ topic, partition: 0, offset }];
  await withAdmin(servers, (admin, done) => admin.deleteRecords(upTo, patience, done));
}

/** A topic of the same name, with nothing in it. */
export async function makeAnew(servers: readonly string[], topic: string): Promise<void> {
  await withAdmin(servers, (admin, done) => admin.deleteTopic(topic, patience.timeout, done));
  const request = { topic, num_partitions: 1, replication_factor: 1 };
  await withAdmin(servers, (admin, done) => admin.createTopic(request, patience.timeout, done));
}

async function withAdmin(servers: readonly string[], ask: (admin: Admin, done: Done) => void): Promise<void> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': servers.join(',') });
  try {
    await new Promise<void>((resolve, reject) => {
      ask(admin, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    admin.disconnect();
  }
}
