// Expected: while a worker joins, leaves or dies every second, no job is lost or ends twice, and all are done soon after.
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunnerProcess } from '../kafka/runner-process.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { recoveryLimitMs } from './suite/recovery.ts';
import { atScale } from './suite/scale.ts';

const title = 'rebalance storm: a worker joins, leaves or dies every second';
const seconds = atScale({ small: 15, full: 120 });
const jobs = atScale({ small: 60, full: 300 });
const options = { sessionTimeoutMs: 2_000, concurrency: 2, shutdownTimeoutMs: 500, commandGraceMs: 500 };

faultScenario({ scenario: 5, title, file: import.meta.filename, timeoutMs: 240_000 + seconds * 2_000 }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t, { partitions: 4 });
  await sendToEach(runner, 4, jobs, (jobId) => sleepingJob(run, jobId, run.between(0.1, 1)));
  let workers: RunnerProcess[] = [runner.start(options), runner.start(options)];
  const leaving: Promise<unknown>[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await sleep(1_000);
    run.fault();
    const [victim] = workers.length > 1 ? workers.splice(run.below(workers.length), 1) : [];
    if (victim === undefined || workers.length < 3) workers.push(runner.start(options));
    if (victim !== undefined) leaving.push(run.random() < 0.5 ? stopInTime(victim) : victim.kill());
    if (second % 30 === 10) await run.lookInMidRun(runner);
  }
  for (const end of await Promise.allSettled(leaving)) if (end.status === 'rejected') throw end.reason;
  workers = [...workers, runner.start(options)];
  await Promise.all(workers.map((worker) => worker.logged(/^partitions assigned$/)));
  const recoveryWithinMs = recoveryLimitMs(options.sessionTimeoutMs);
  await run.conclude(runner, { workers, faults: leaving.length, recoveryWithinMs });
});

/** One that does not end when it is told to shows what it did instead. */
async function stopInTime(worker: RunnerProcess): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const tail = (): string => worker.text.slice(-4_000);
  const timer = setTimeout(() => reject(new Error(`${worker.pid} runs 30 s after SIGTERM:\n${tail()}`)), 30_000);
  await Promise.race([worker.stop(), promise]).finally(() => clearTimeout(timer));
}
