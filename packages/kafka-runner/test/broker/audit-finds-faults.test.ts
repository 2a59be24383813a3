// Expected: the oracle of the fault suite finds what it is there for: a job that is lost, one that ended twice, a record of
// a job that nobody sent, and positions that call jobs finished which are not, by their offset or by their metadata.
import assert from 'node:assert/strict';
import { once, type EventEmitter } from 'node:events';
import { test } from 'node:test';
import kafka from '@confluentinc/kafka-javascript';
import { assertNoneLost, assertPositionsTrue, audit } from '../kafka/audit.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

test('jobs 0 to 4: 0 ends twice, 2 once, nobody sent 9, and finished are said to be 0, 1 and 3', async (t) => {
  const runner = await RunnerUnderTest.create(t);
  await runner.send(...Array.from({ length: 5 }, (_, jobId) => ({ jobId, command: ['true'] })));
  for (const offset of [0, 0, 2, 9]) await runner.sendTerminal({ partition: 0, offset });
  await commit(runner, { offset: 2, metadata: 'v1 d1 a0x1' });

  const seen = await audit(runner, { until: 'positions', seconds: 1 });
  const names = (...offsets: number[]): string[] => offsets.map((offset) => `${runner.inTopic}/0@${offset}`);
  assert.deepEqual(
    { lost: seen.lost, doubled: seen.doubled, unknown: seen.unknown, unfinished: seen.unfinished },
    { lost: names(1, 3, 4), doubled: names(0), unknown: names(9), unfinished: names(1, 3) },
  );
  assert.throws(() => assertPositionsTrue(seen));
  assert.throws(() => assertNoneLost(seen));
});

test('a long list of finished offsets in base 36', async (t) => {
  const runner = await RunnerUnderTest.create(t);
  await runner.send(...Array.from({ length: 50 }, (_, jobId) => ({ jobId, command: ['true'] })));
  await commit(runner, { offset: 0, metadata: 'v1 d1,a-c,11-12' });
  const { unfinished } = await audit(runner, { until: 'positions', seconds: 1 });
  assert.deepEqual(
    unfinished,
    [1, 10, 11, 12, 37, 38].map((offset) => `${runner.inTopic}/0@${offset}`),
  );
});

async function commit(runner: RunnerUnderTest, { offset, metadata }: { offset: number; metadata: string }) {
  const { bootstrapServers, groupId = '', inTopic: topic } = runner;
  const client = new kafka.KafkaConsumer({ 'bootstrap.servers': bootstrapServers.join(','), 'group.id': groupId }, {});
  const ready = once(client as unknown as EventEmitter, 'ready');
  client.connect();
  await ready;
  client.commitSync({ topic, partition: 0, offset, metadata });
  const gone = once(client as unknown as EventEmitter, 'disconnected');
  client.disconnect();
  await gone;
}
