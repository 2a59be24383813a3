// Expected: a worker that is stopped leaves the group at once, also when it has no partition (yet): the others go on
// within a few seconds, long before its session would have run out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

const options = { sessionTimeoutMs: 60_000 };

test('a worker that is stopped while it joins', { timeout: 90_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { partitions: 2 });
  const first = await runner.startAssigned(options);
  const second = await runner.startAssigned(options);
  assert.equal((await second.stop()).exitCode, 0);
  const stoppedAt = performance.now();
  const value = JSON.stringify({ jobId: 1, command: ['true'] });
  for (const partition of [0, 1]) await runner.sendValue(value, { partition });
  await first.logged(/^completed$/, 2);
  const tookMs = performance.now() - stoppedAt;
  assert.ok(tookMs < 10_000, `${tookMs} ms`);
  await runner.assertAllDone();
});

test('a worker that is stopped without ever having had a partition', { timeout: 90_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const first = await runner.startAssigned(options);
  const second = await runner.startAssigned(options);
  await first.logged(/^partitions assigned$/, 2);
  assert.equal((await second.stop()).exitCode, 0);
  // The first one hears of it: its share is looked at anew.
  await first.logged(/^partitions assigned$/, 3);
});
