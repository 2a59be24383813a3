// Expected: a worker that is paused by its name ends its jobs, begins none and keeps its partitions until it is resumed; one that is
// drained ends its jobs, however long they take, leaves its group and exits with 0, and the others go on with its partitions.
// Orders that were given to an earlier worker of the name are not heard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { Watcher } from '../kafka/watcher.ts';

test('a worker by its name', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { partitions: 2, steered: true });
  const watcher = await Watcher.start(t, runner.bootstrapServers, runner.progressTopic);
  const send = async (partition: number, command: string): Promise<void> => {
    await runner.sendValue(JSON.stringify({ command: ['sh', '-c', command] }), { partition });
  };
  const options = { shutdownTimeoutMs: 1, instanceId: 'the-first' };
  const first = await runner.startAssigned(options);
  await runner.order({ order: 'drain', worker: first.name, time: '2023-11-14T22:13:20Z' });
  await runner.order({ order: 'pause', worker: first.name });
  await watcher.seen(({ worker, state }) => worker === first.name && state === 'paused');
  await send(0, 'echo 0');
  await send(1, 'echo 1');
  await sleep(500);
  assert.deepEqual(
    first.lines.filter(({ message }) => message === 'runs' || message === 'completed'),
    [],
  );
  assert.equal((await watcher.seen(({ state, busy }) => state === 'paused' && busy === 0)).event['worker'], first.name);
  await runner.order({ order: 'resume', worker: first.name });
  await first.logged(/^completed$/, 2);

  await send(0, 'echo begun; sleep 2; echo over');
  await first.logged(/^begun$/);
  await runner.order({ order: 'drain', worker: first.name, reason: 'new kernel' });
  const second = await runner.startAssigned();
  const { exitCode } = await first.end();
  assert.equal(exitCode, 0);
  const { terminals } = await runner.assertAllDone();
  assert.deepEqual(
    terminals.map(({ record }) => record.headers['worker']),
    [first.name, first.name, first.name],
  );
  const last = watcher.of(`worker/${first.name}`).at(-1);
  assert.deepEqual([last?.['state'], last?.['busy'], last?.['partitions']], ['stopped', 0, []]);
  await send(0, 'echo on');
  await send(1, 'echo on');
  await second.logged(/^completed$/, 2);
  assert.equal((await second.stop()).exitCode, 0);
});
