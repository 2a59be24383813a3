// Expected: a backlog of more records, and of more bytes, than the buffer in front of the slots holds is worked off
// whole, each job once: the source is paused and resumed, and a second partition that is added to the worker while it
// is paused is not forgotten.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

test('a backlog of 270 small and 20 large messages in two partitions', { timeout: 120_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { partitions: 2 });
  const send = (jobId: number, padding: string): Promise<void> =>
    runner.sendValue(JSON.stringify({ jobId, command: ['true'], padding }), { partition: jobId % 2 });
  await Promise.all(Array.from({ length: 20 }, (_, jobId) => send(jobId, 'x'.repeat(900_000))));
  await Promise.all(Array.from({ length: 270 }, (_, index) => send(20 + index, '')));
  const first = await runner.startAssigned({ concurrency: 2 });
  const second = await runner.startAssigned({ concurrency: 2 });
  await first.logged(/^completed$/, 10);
  assert.equal((await second.stop()).exitCode, 0);
  const seen = await runner.look();
  assert.deepEqual(new Set(seen.terminals.map(({ job }) => job)), new Set(seen.jobs));
  assert.deepEqual(new Set(seen.terminals.map(({ kind }) => kind)), new Set(['result']));
  assert.equal((await first.stop()).exitCode, 0);
  assert.deepEqual((await runner.look()).committed, seen.ends);
});
