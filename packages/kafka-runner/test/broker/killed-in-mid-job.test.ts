// Expected: a worker that is killed with -9 in mid-job has committed nothing of the job and leaves no process behind;
// when its session has run out the next worker of the group gets the job, and it ends with exactly one response.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertNothingLost } from '../kafka/oracle.ts';
import { processesWith } from '../kafka/processes-with.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

test('a job whose worker is killed is done by the next', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const marker = randomUUID();
  const waitsTheFirstTime = `mkdir ${runner.folder}/begun && { echo begun; exec sh -c "sleep 60; : ${marker}"; }; echo again`;
  await runner.send({ jobId: 0, command: ['true'] }, { jobId: 1, command: ['sh', '-c', waitsTheFirstTime] });
  const first = await runner.startAssigned({ sessionTimeoutMs: 2_000 });
  await first.logged(/^begun$/);
  assert.ok(processesWith(marker).length > 0);
  await first.kill();

  const meanwhile = await runner.look(1);
  assert.deepEqual(meanwhile.committed, { 0: 1 });
  assertNothingLost(meanwhile);
  await sleep(1_000);
  assert.deepEqual(processesWith(marker), [], 'the command is gone');

  const second = runner.start({ sessionTimeoutMs: 2_000 });
  await second.logged(/^completed$/);
  const { terminals } = await runner.assertAllDone();
  assert.equal(terminals[1]?.value['printed'], 'again');
});
