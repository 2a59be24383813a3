// Expected, on SIGTERM and SIGINT alike: an idle worker leaves at once; a running job may end within the shutdown
// time-out, and counts; after it the whole process tree is ended and the job handed back to whoever comes next. Exit 0.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { assertNothingLost } from '../kafka/oracle.ts';
import { processesWith } from '../kafka/processes-with.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

const limit = { timeout: 60_000 };

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} while idle: exit 0, at once`, limit, async (t) => {
    const worker = await (await RunnerUnderTest.create(t)).startAssigned();
    const { exitCode, tookMs } = await worker.stop(signal);
    assert.equal(exitCode, 0);
    assert.ok(tookMs < 3_000, `${tookMs} ms`);
    await worker.logged(/^stopped$/);
  });
}

test('during a short job: the job ends, counts, and no other is begun', limit, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  await runner.send({ jobId: 1, command: ['sh', '-c', 'echo begun; sleep 1.5; echo done'] });
  await runner.send({ jobId: 2, command: ['echo', 'next'] });
  const worker = await runner.startAssigned();
  await worker.logged(/^begun$/);
  const { exitCode, tookMs } = await worker.stop();
  assert.equal(exitCode, 0);
  assert.ok(tookMs < 5_000, `${tookMs} ms`);
  const seen = await runner.look(1);
  assert.deepEqual(
    seen.terminals.map(({ value }) => value['printed']),
    ['begun\ndone'],
  );
  assert.deepEqual(seen.committed, { 0: 1 });
  assertNothingLost(seen);
});

test('during a job that outlasts the time-out: the tree is ended, the job handed back', limit, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const marker = randomUUID();
  const stubborn = `trap "" TERM; sh -c "trap '' TERM; sleep 60; : ${marker}" & wait`;
  const firstTime = `mkdir ${runner.folder}/begun && { echo begun; ${stubborn}; }; echo again`;
  await runner.send({ jobId: 1, command: ['sh', '-c', firstTime] });
  const worker = await runner.startAssigned({ shutdownTimeoutMs: 1_000, commandGraceMs: 500 });
  await worker.logged(/^begun$/);
  const { exitCode, tookMs } = await worker.stop();
  assert.equal(exitCode, 0);
  assert.ok(tookMs >= 1_000 && tookMs < 5_000, `${tookMs} ms`);
  assert.deepEqual(processesWith(marker), []);

  // It left the group: the next one has the partition at once, long before a session runs out.
  const startedAt = performance.now();
  const next = await runner.startAssigned({ sessionTimeoutMs: 30_000 });
  await next.logged(/^completed$/);
  assert.ok(performance.now() - startedAt < 10_000);
  const { terminals } = await runner.assertAllDone();
  assert.equal(terminals[0]?.value['printed'], 'again');
});

test('during a job whose author does not heed the signal: handed back all the same', limit, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  await runner.send({ jobId: 1, command: ['echo', 'begun'], isDeaf: true });
  const worker = await runner.startAssigned({ shutdownTimeoutMs: 500, commandGraceMs: 0 });
  await worker.logged(/^begun$/);
  const { exitCode, tookMs } = await worker.stop();
  assert.equal(exitCode, 0);
  assert.ok(tookMs >= 5_000 && tookMs < 12_000, `${tookMs} ms`);
  await worker.logged(/does not heed its signal/);
  const { terminals, committed } = await runner.look(0);
  assert.deepEqual([terminals, committed], [[], { 0: 0 }]);
});
