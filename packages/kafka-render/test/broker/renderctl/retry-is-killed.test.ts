// Expected: whatever happens to a run of `retry --send` (kill -9 at any moment, a second run beside it), each job is sent
// at most once, and exactly once when a run has come to its end.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtlUnderTest, endOf, nameOf, start, type SentJob } from './ctl-under-test.ts';

const kills = 8;

/** Several transactions of 200 between two kills. */
const jobCount = kills * 600;

async function openWithJobs(t: TestContext): Promise<[CtlUnderTest, SentJob[]]> {
  const ctl = await CtlUnderTest.open(t, { partitions: 3 });
  const jobs = Array.from({ length: jobCount }, (_, jobId) => ({
    partition: jobId % 3,
    value: Buffer.from(JSON.stringify({ jobId })),
  }));
  return [ctl, await ctl.sendJobs(jobs)];
}

function startSending(ctl: CtlUnderTest): [ChildProcess, Promise<unknown>] {
  const child = start(ctl.retryArgs('--send'));
  child.stdout?.resume();
  return [child, once(child, 'close')];
}

/** It has said that a transaction is over. */
async function hasSent(child: ChildProcess): Promise<void> {
  await once(child.stderr as NodeJS.ReadableStream, 'data');
}

function assertOnce(retried: readonly { readonly of: string }[], jobs: readonly SentJob[]): void {
  assert.deepEqual(retried.map(({ of }) => of).toSorted(), jobs.map(nameOf).toSorted());
}

test('killed at random moments, then run to its end', { timeout: 180_000 }, async (t) => {
  const [ctl, jobs] = await openWithJobs(t);
  const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
  t.diagnostic(`SEED=${seed}`);
  const sentAtKill: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    await ctl.fail(jobs.slice((kill * jobCount) / kills, ((kill + 1) * jobCount) / kills));
    const [child, ended] = startSending(ctl);
    // Half of the moments are anywhere, from the start of the program; half are within the transactions.
    const random = (seed * 7_919 + kill * 104_729) % 1_000;
    if (kill % 2 === 0) await sleep(300 + 1.5 * random);
    else await Promise.race([hasSent(child).then(() => sleep(random / 25)), ended]);
    child.kill('SIGKILL');
    await ended;
    sentAtKill.push((await ctl.retried()).length);
  }
  t.diagnostic(`sent when it was killed: ${sentAtKill.join(', ')}`);
  const { code, stderr } = await ctl.retry('--send');
  assert.equal(code, 0, stderr);
  assertOnce(await ctl.retried(), jobs);
});

test('killed between two transactions: the next run sends the rest', async (t) => {
  const [ctl, jobs] = await openWithJobs(t);
  await ctl.fail(jobs);
  const [child, ended] = startSending(ctl);
  await hasSent(child);
  child.kill('SIGKILL');
  await ended;
  const { code, stdout } = await ctl.retry('--send');
  assert.equal(code, 0);
  const [, before, now] = /^(\d+) sent before, (\d+) sent$/m.exec(stdout) ?? [];
  assert.ok(Number(before) > 0 && Number(now) > 0, `${before} before, ${now} now`);
  assert.equal(Number(before) + Number(now), jobCount);
  assertOnce(await ctl.retried(), jobs);
});

test('several at the same time', async (t) => {
  const [ctl, jobs] = await openWithJobs(t);
  await ctl.fail(jobs);
  const ends = await Promise.all(
    [0, 150, 300].map((delayMs) => sleep(delayMs).then(() => endOf(start(ctl.retryArgs('--send'))))),
  );
  for (const { code, stderr } of ends) {
    assert.ok(
      code === 0 || (code === 3 && /took over as/.test(stderr) && !stderr.includes('broker-unreachable')),
      `${code}: ${stderr}`,
    );
  }
  assert.ok(
    ends.some(({ code }) => code === 0),
    'the last one is not fenced',
  );
  assert.equal((await ctl.retry('--send')).code, 0);
  assertOnce(await ctl.retried(), jobs);
});
