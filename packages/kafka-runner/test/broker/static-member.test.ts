// Expected: a worker with an instance id that is stopped, or killed with -9, and started again within its session has its
// partitions back within seconds, while the other worker of the group hears nothing of it; each job ends once. A second one
// with the same id takes the place of the first, which ends with 1 and says why. One that leaves for good does so at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunnerProcess } from '../kafka/runner-process.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

const options = (instanceId: string) => ({ instanceId, sessionTimeoutMs: 10_000 });
const rebalances = ({ lines }: RunnerProcess): number =>
  lines.filter(({ message }) => /^partitions (assigned|revoked)$/.test(message)).length;

async function sendEach(runner: RunnerUnderTest, jobId: number, command: readonly string[]): Promise<void> {
  for (const partition of [0, 1]) await runner.sendValue(JSON.stringify({ jobId, command }), { partition });
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`${signal} and started again within the session`, { timeout: 60_000 }, async (t) => {
    const runner = await RunnerUnderTest.create(t, { partitions: 2 });
    const first = await runner.startAssigned(options('a'));
    const other = await runner.startAssigned(options('b'));
    await first.logged(/^partitions revoked$/);
    await sendEach(runner, 1, ['true']);
    await runner.look(2);
    const before = rebalances(other);

    await first.stop(signal);
    await sendEach(runner, 2, ['true']);
    const startedAt = performance.now();
    const again = runner.start(options('a'));
    await again.logged(/^completed$/);
    t.diagnostic(`goes on after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    assert.ok(performance.now() - startedAt < 5_000, `${performance.now() - startedAt} ms`);
    await runner.assertAllDone();
    assert.equal(rebalances(other), before, 'the other one was left alone');
  });
}

test('a twin with the same id', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const first = await runner.startAssigned(options('a'));
  await runner.send({ jobId: 1, command: ['sleep', '5'] });
  const twin = runner.start(options('a'));
  const { exitCode } = await first.end();
  assert.equal(exitCode, 1);
  assert.match(first.text, /does another worker run as a\?/);
  await twin.logged(/^completed$/);
  await runner.assertAllDone();
});

test('one that leaves for good: the other takes over long before its session ends', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { partitions: 2 });
  const session = { sessionTimeoutMs: 30_000 };
  const first = await runner.startAssigned({ ...options('a'), ...session, leaveOnStop: true });
  const other = await runner.startAssigned({ ...options('b'), ...session });
  await first.logged(/^partitions revoked$/);
  await sendEach(runner, 1, ['true']);
  await runner.look(2);

  await first.stop('SIGTERM');
  await sendEach(runner, 2, ['true']);
  const startedAt = performance.now();
  await runner.look(4);
  const tookMs = performance.now() - startedAt;
  t.diagnostic(`taken over after ${(tookMs / 1_000).toFixed(1)} s`);
  assert.ok(tookMs < 15_000, `${tookMs} ms`);
  await other.stop('SIGTERM');
  await runner.assertAllDone();
});
