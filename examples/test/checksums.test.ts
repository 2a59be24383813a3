// Expected: the example sums an object of a real MinIO up, asked and answered through a real Kafka; what it cannot find
// or read is an error record, and the next job is done; on SIGTERM it ends in order.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { MinioClient } from 'kafka-runner';
import { sharedLab } from '../../lab/shared-lab.ts';
import { look } from '../../packages/kafka-runner/test/kafka/oracle.ts';
import { Sender } from '../../packages/kafka-runner/test/kafka/sender.ts';

const repository = path.join(import.meta.dirname, '../..');

test('checksums of objects', { timeout: 60_000 }, async (t) => {
  const { kafka, minio } = await sharedLab();
  const folder = await mkdtemp(path.join(tmpdir(), 'example-'));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, 'work'));
  await cp(minio.credentialsFile, path.join(folder, 'work/minio_credentials.json'));

  const content = randomBytes(3_000_000);
  const file = path.join(folder, 'content');
  await writeFile(file, content);
  using storage = new MinioClient(minio);
  const bucket = `example-${randomUUID()}`;
  await storage.createBucket(bucket);
  await storage.uploadFile(bucket, 'scenes/größe 1.bin', file);

  const [inTopic, outTopic] = [`sums-job-${randomUUID()}`, `sums-out-${randomUUID()}`];
  for (const topic of [inTopic, outTopic]) await kafka.createTopic(topic);
  // Other tests use it too.
  await kafka.createTopic('error.log').catch(() => undefined);
  const sender = await Sender.connect(kafka.bootstrapServers);
  t.after(() => sender.close());
  await sender.send(inTopic, 'HELLO!');
  await sender.send(inTopic, '{}');
  await sender.send(inTopic, JSON.stringify({ bucket, key: 'missing' }));
  await sender.send(inTopic, JSON.stringify({ bucket, key: 'scenes/größe 1.bin' }));

  const args = [path.join(repository, 'examples/checksums.ts'), inTopic, outTopic, ...kafka.bootstrapServers];
  const example = spawn(path.join(repository, 'bin/node'), args, { cwd: path.join(folder, 'work'), stdio: 'inherit' });
  t.after(() => example.kill('SIGKILL'));
  const topics = { ...kafka, inTopic, outTopic, errorTopic: 'error.log', groupId: 'checksums' };
  const { terminals } = await look(topics);
  example.kill('SIGTERM');
  assert.deepEqual(await once(example, 'exit'), [0, null]);
  assert.deepEqual((await look(topics)).committed, { 0: 4 });

  const ours = terminals.filter(({ job }) => job.startsWith(`${inTopic}/`));
  const ends = ours.toSorted((a, b) => a.job.localeCompare(b.job)).map(({ value }) => value);
  const codes = ends.map((end) => end['code']);
  assert.deepEqual(codes, ['message-not-json', 'bad-object-path', 'no-such-key', undefined]);
  const { elapsedSeconds, ...result } = ends[3] ?? {};
  const sha256 = createHash('sha256').update(content).digest('hex');
  assert.deepEqual(result, { bucket, key: 'scenes/größe 1.bin', sha256 });
  assert.ok(Number(elapsedSeconds) > 0);
});
