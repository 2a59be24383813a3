// Expected: workers with an instance id that are restarted one after the other, under load, go on with their own partitions
// within seconds. No other worker loses a partition or stops a job meanwhile, and each job ends once. The jobs take longer
// than a restart: those of a restarted worker are handed back, and it does them itself.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine, RunnerProcess } from '../kafka/runner-process.ts';
import { RunnerUnderTest, type TestJob } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach } from './suite/jobs.ts';
import { atScale } from './suite/scale.ts';

const count = atScale({ small: 4, full: 10 });
const partitionsEach = 2;
const partitions = count * partitionsEach;
const title = `rolling restart of ${count} workers with instance ids: nobody else is disturbed`;
const options = (place: number) => ({
  ...{ instanceId: `worker-${place}`, sessionTimeoutMs: 20_000, concurrency: 2 },
  ...{ shutdownTimeoutMs: 300, commandGraceMs: 300 },
});
/** From the start of the process to the first job of the new life; seen: 0.6 to 2.4 s. */
const goesOnWithinMs = 10_000;

const rebalance = /^partitions (assigned|revoked)$/;
const handedBack = /the job is kept/;

/** Before it was told to stop. */
function logged({ lines }: RunnerProcess, message: RegExp): LogLine[] {
  const toldToStop = lines.findIndex((line) => line.message.startsWith('SIGTERM'));
  return lines.slice(0, toldToStop === -1 ? lines.length : toldToStop).filter((line) => message.test(line.message));
}

/** Each has its share when the last one has joined. */
async function untilShared(workers: readonly RunnerProcess[]): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  while (!workers.every((worker) => partitionsOf(worker).size === partitionsEach)) {
    assert.ok(performance.now() < giveUpAt, 'the partitions are not shared equally');
    await sleep(100);
  }
}

function partitionsOf(worker: RunnerProcess): Set<number> {
  const owned = new Set<number>();
  for (const line of logged(worker, rebalance)) {
    for (const partition of line['partitions'] as number[]) {
      if (line.message === 'partitions assigned') owned.add(partition);
      else owned.delete(partition);
    }
  }
  return owned;
}

faultScenario({ scenario: 4, title, file: import.meta.filename, timeoutMs: 180_000 + count * 30_000 }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t, { partitions });
  const script = `echo begun; sleep 2.5; : ${run.marker}`;
  const job = (jobId: number): TestJob => ({ jobId, command: ['sh', '-c', script] });
  const former: RunnerProcess[] = [];
  for (let place = 0; place < count; place += 1) former.push(await runner.startAssigned(options(place)));
  await untilShared(former);
  const rebalancesToShare = former.map((worker) => logged(worker, rebalance).length);
  const restarted: RunnerProcess[] = [];
  for (const [place, worker] of former.entries()) {
    const begunBefore = logged(worker, /^begun$/).length;
    await sendToEach(runner, partitions, partitions, job);
    await worker.logged(/^begun$/, begunBefore + 1);
    await sleep(run.between(0, 1_000));
    run.fault();
    const stopped = await worker.stop();
    assert.equal(stopped.exitCode, 0);
    await worker.logged(handedBack);
    const startedAt = performance.now();
    const again = runner.start(options(place));
    restarted.push(again);
    await again.logged(/^begun$/);
    const tookMs = performance.now() - startedAt;
    run.t.diagnostic(`ends after ${stopped.tookMs.toFixed(0)} ms, goes on ${tookMs.toFixed(0)} ms after its start`);
    assert.ok(tookMs < goesOnWithinMs, `worker ${place} goes on after ${tookMs} ms`);
    assert.deepEqual(partitionsOf(again), partitionsOf(worker), 'it has its own partitions back');
  }
  await run.conclude(runner, { workers: restarted, recoveryWithinMs: 20_000, seconds: 120 });
  const rebalances = former.map((worker) => logged(worker, rebalance).length);
  assert.deepEqual(rebalances, rebalancesToShare, 'nobody lost or got a partition before its own restart');
  for (const worker of restarted) assert.equal(logged(worker, rebalance).length, 1, 'nor after it');
  for (const worker of [...former, ...restarted]) assert.deepEqual(logged(worker, handedBack), [], 'nor stopped a job');
});
