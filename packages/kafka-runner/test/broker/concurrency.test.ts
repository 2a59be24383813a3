// Expected: with three slots three jobs run at a time, of one partition too. Jobs that end before an earlier one are not
// committed beyond it, and the lag that Kafka's own tool shows counts from there: after a kill -9 the earlier one is done by
// the next worker, and none is lost or done twice.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { kafkaJava } from '../../../../lab/kafka-java.ts';
import { assertNothingLost } from '../kafka/oracle.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

test('three at a time', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const meet = `touch ${runner.folder}/$0; until [ $(ls ${runner.folder} | grep -c met-) = 3 ]; do sleep 0.05; done`;
  for (const name of ['met-1', 'met-2', 'met-3']) await runner.send({ jobId: 1, command: ['sh', '-c', meet, name] });
  await runner.startAssigned({ concurrency: 3 });
  await runner.assertAllDone();
});

test('jobs that end before an earlier one', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const firstTime = `mkdir ${runner.folder}/begun && sleep 60; echo again`;
  await runner.send({ jobId: 0, command: ['sh', '-c', firstTime] });
  await runner.send({ jobId: 1, command: ['echo', 'one'] }, { jobId: 2, command: ['echo', 'two'] });
  const first = await runner.startAssigned({ concurrency: 3, sessionTimeoutMs: 2_000 });
  await first.logged(/^completed$/, 2);
  const meanwhile = await runner.look(2);
  assert.equal(meanwhile.terminals.length, 2);
  assertNothingLost(meanwhile);
  assert.deepEqual(meanwhile.committed, { 0: 0 });
  assert.deepEqual(await describedByKafka(runner), { position: '0', end: '3', lag: '3' });

  await first.kill();
  await runner.startAssigned({ concurrency: 3, sessionTimeoutMs: 2_000 });
  await runner.assertAllDone();
});

/** What `kafka-consumer-groups.sh --describe` says of partition 0: `GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG`. */
async function describedByKafka({ bootstrapServers, inTopic, groupId = '' }: RunnerUnderTest) {
  const [java, ...options] = kafkaJava();
  const tool = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
  const asked = ['--bootstrap-server', bootstrapServers.join(','), '--describe', '--group', groupId];
  const { stdout } = await promisify(execFile)(java, [...options, tool, ...asked]);
  const [, , , position, end, lag] =
    stdout
      .split('\n')
      .find((line) => line.includes(inTopic))
      ?.split(/ +/) ?? [];
  return { position, end, lag };
}
