// Expected: a second signal ends the worker at once, with the shell's exit code for it (143, 130); what it ran is gone
// a moment later, and the job is not lost.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertNothingLost } from '../kafka/oracle.ts';
import { processesWith } from '../kafka/processes-with.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

for (const [first, second, expected] of [
  ['SIGTERM', 'SIGTERM', 143],
  ['SIGINT', 'SIGINT', 130],
  ['SIGINT', 'SIGTERM', 143],
] as const) {
  test(`${first}, then ${second}: exit ${expected}`, { timeout: 60_000 }, async (t) => {
    const runner = await RunnerUnderTest.create(t);
    const marker = randomUUID();
    await runner.send({ jobId: 1, command: ['sh', '-c', `trap "" TERM; echo begun; sleep 60 & wait; : ${marker}`] });
    const worker = await runner.startAssigned();
    await worker.logged(/^begun$/);
    worker.signal(first);
    await worker.logged(/running jobs have/);
    const { exitCode, tookMs } = await worker.stop(second);
    assert.equal(exitCode, expected);
    assert.ok(tookMs < 1_000, `${tookMs} ms`);
    await sleep(1_000);
    assert.deepEqual(processesWith(marker), []);
    assertNothingLost(await runner.look(0));
  });
}
