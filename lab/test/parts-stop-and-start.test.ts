// A part that is stopped is away; started again it has the same address and the same data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import kafka from '@confluentinc/kafka-javascript';
import { MinioClient, readMinioCredentials } from 'kafka-runner';
import { startLab } from '../lab.ts';

for (const ending of ['stop', 'kill'] as const) {
  test(`Kafka after ${ending} and start`, async () => {
    await using lab = await startLab({ minio: false });
    const { bootstrapServers } = lab.kafka;
    await lab.kafka.createTopic('kept', { partitions: 3, config: { 'cleanup.policy': 'compact' } });
    assert.equal(await partitionsOf(bootstrapServers, 'kept'), 3);

    await lab.kafka[ending]();
    await assert.rejects(partitionsOf(bootstrapServers, 'kept'));

    await lab.start('kafka');
    assert.equal(await partitionsOf(bootstrapServers, 'kept'), 3);
  });
}

test('MinIO after stop and start', async () => {
  await using lab = await startLab({ kafka: false });
  using storage = new MinioClient(await readMinioCredentials(lab.minio.credentialsFile));
  await storage.createBucket('kept');

  await lab.stop('minio');
  await assert.rejects(fetch(lab.minio.url));

  await lab.start('minio');
  assert.deepEqual(await storage.listBuckets(), ['kept']);
});

test('a part that was not asked for', async () => {
  await using lab = await startLab({ kafka: false });
  assert.throws(() => lab.kafka, /started without kafka/);
});

async function partitionsOf(bootstrapServers: readonly string[], topic: string): Promise<number> {
  const admin = kafka.AdminClient.create({ 'metadata.broker.list': bootstrapServers.join(','), log_level: 0 });
  try {
    const [description] = await new Promise<kafka.TopicDescription[]>((resolve, reject) => {
      admin.describeTopics([topic], { timeout: 3000 }, (error, topics) => (error ? reject(error) : resolve(topics)));
    });
    if (description?.error) throw new Error(description.error.message);
    return description?.partitions.length ?? 0;
  } finally {
    admin.disconnect();
  }
}
