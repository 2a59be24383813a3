// Expected: while the broker is away a running job goes on; its result, or the error record of one that failed, is sent
// when the broker is back, and the worker goes on by itself. Nothing is lost. A worker that is told to stop meanwhile
// hands back what it cannot finish, and ends in time.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLab, type Lab } from '../../../../lab/lab.ts';
import { assertNothingLost } from '../kafka/oracle.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

let lab: Lab;
before(async () => {
  lab = await startLab({ minio: false });
});
after(() => lab[Symbol.asyncDispose]());

test('away for 15 s, in the middle of jobs', { timeout: 120_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { kafka: lab.kafka, partitions: 2 });
  const worker = await runner.startAssigned({ concurrency: 2, maxAttempts: 1 });
  const slowly = (then: string): string => `echo begun; sleep 3; ${then}`;
  const send = (partition: number, jobId: number, script: string): Promise<void> =>
    runner.sendValue(JSON.stringify({ jobId, command: ['sh', '-c', script] }), { partition });
  await send(0, 1, slowly('echo good'));
  await send(1, 2, slowly('exit 3'));
  await send(0, 3, 'echo next');
  await send(1, 4, 'echo next');
  await worker.logged(/^begun$/, 2);
  await lab.kafka.kill();
  await worker.logged(/^failed: the command exited with 3/);
  await sleep(15_000);
  await lab.start('kafka');

  const backAt = performance.now();
  const seen = await runner.look();
  assertNothingLost(seen);
  const ended = new Set(seen.terminals.map(({ value, kind }) => `${String(value['jobId'])} ${kind}`));
  assert.deepEqual([...ended].toSorted(), ['1 result', '2 error', '3 result', '4 result']);
  assert.ok(performance.now() - backAt < 40_000);

  await send(0, 5, 'echo after');
  await worker.logged(/^after$/);
  assert.equal((await worker.stop()).exitCode, 0);
  const { ends, committed } = await runner.look();
  assert.deepEqual(committed, ends);
});

test('told to stop while the broker is away', { timeout: 120_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { kafka: lab.kafka });
  const worker = await runner.startAssigned({ shutdownTimeoutMs: 1_000 });
  await runner.send({ jobId: 1, command: ['sh', '-c', 'echo begun; sleep 3; echo done'] });
  await worker.logged(/^begun$/);
  await lab.kafka.kill();
  await worker.logged(/^done$/);
  const { exitCode, tookMs } = await worker.stop();
  assert.equal(exitCode, 0);
  assert.ok(tookMs < 25_000, `${tookMs} ms`);
  await worker.logged(/the job is kept: stopped by SIGTERM/);

  await lab.start('kafka');
  const next = await runner.startAssigned();
  await next.logged(/^completed$/);
  const { jobs, terminals } = await runner.look();
  assert.deepEqual(new Set(terminals.map(({ job }) => job)), new Set(jobs));
});
