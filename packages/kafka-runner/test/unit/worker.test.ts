import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { ConsumerListener } from '../../src/broker/port.ts';
import { KafkaRunner } from '../../src/kafka-runner.ts';
import type { Message } from '../../src/message.ts';
import { Worker, type WorkerParts } from '../../src/worker.ts';
import { workerIdentity } from '../../src/worker-identity.ts';
import { aRecord } from './a-record.ts';
import { RecordingBroker } from './recording-broker.ts';
import { recordingLogger } from './recording-logger.ts';

/** Jobs of two partitions: the first ends at once, the second sleeps. */
class Sleeper extends KafkaRunner {
  override msgToCommand({ value }: Message): string[] {
    return ['sleep', (value as { seconds: string }).seconds];
  }

  override makeResponse(): { done: true } {
    return { done: true };
  }
}

test('a slot that fails hands the jobs of the others back before the worker ends', { timeout: 20_000 }, async (t) => {
  const jobsFolder = await mkdtemp(path.join(tmpdir(), 'worker-test-'));
  t.after(() => rm(jobsFolder, { recursive: true }));
  const broker = new RecordingBroker();
  broker.answer = () => {
    throw new Error('a bug');
  };
  const consumer: WorkerParts['consumer'] = {
    start: async (listener: ConsumerListener) => {
      listener.assigned([0, 1].map((partition) => ({ topic: 'jobs', partition })));
      for (const [partition, seconds] of ['0', '30'].entries()) {
        listener.record(aRecord({ partition, value: Buffer.from(JSON.stringify({ seconds })) }));
      }
    },
    pause: () => {},
    resume: () => {},
    stop: () => {},
    commit: (position) => broker.commit(position),
  };
  const author = new Sleeper({ inTopic: 'jobs', bootstrapServers: ['none:1'], jobsFolder, concurrency: 2 });
  const { logger, lines } = recordingLogger();
  const parts = { settings: { ...author.settings, outTopic: 'out' }, author, consumer, producer: broker, logger };
  const worker = new Worker({ ...parts, identity: workerIdentity(), runner: 'test' });
  await assert.rejects(worker.run(), /a bug/);
  assert.deepEqual(broker.story, [], 'the innocent job has no record, and no offset moved');
  assert.ok(lines.some(({ message }) => /job is kept: the worker has failed/.test(String(message))));
});
