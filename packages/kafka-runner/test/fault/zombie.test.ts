// Expected: a worker that is stopped (SIGSTOP), or whose event loop is stuck, for longer than the group waits for it, is
// replaced by another one. When it comes back it can neither publish nor commit what is no longer its own, takes part again,
// and no job is lost or ends twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { recoveryLimitMs } from './suite/recovery.ts';
import { atScale } from './suite/scale.ts';

const sessionTimeoutMs = 2_000;
const awayMs = atScale({ small: 6_000, full: 60_000 });
/** Longer, because it begins before the job that does it is there. */
const stuckMs = atScale({ small: 12_000, full: 60_000 });
const rounds = atScale({ small: 2, full: 10 });
const options = { sessionTimeoutMs, maxPollIntervalMs: 3_000, concurrency: 2 };

faultScenario(
  {
    scenario: 3,
    title: 'worker stopped (SIGSTOP) beyond its session, then continued',
    file: import.meta.filename,
    timeoutMs: 120_000 + rounds * (awayMs + 30_000),
  },
  async (run) => {
    const runner = await RunnerUnderTest.create(run.t, { partitions: 2 });
    const workers = [await runner.startAssigned(options), await runner.startAssigned(options)];
    for (let round = 0; round < rounds; round += 1) {
      await sendToEach(runner, 2, 12, (jobId) => sleepingJob(run, jobId, run.between(0.2, 0.8)));
      await sleep(run.between(200, 1_500));
      const frozen = workers[run.below(2)];
      run.fault();
      frozen?.signal('SIGSTOP');
      await Promise.all([sleep(awayMs), run.lookInMidRun(runner)]);
      frozen?.signal('SIGCONT');
      await sleep(run.between(500, 3_000));
    }
    await run.conclude(runner, { workers, recoveryWithinMs: recoveryLimitMs(sessionTimeoutMs) });
  },
);

faultScenario(
  {
    scenario: 3,
    title: 'event loop stuck beyond the poll limit',
    file: import.meta.filename,
    timeoutMs: 120_000 + stuckMs,
  },
  async (run) => {
    const runner = await RunnerUnderTest.create(run.t, { partitions: 2 });
    const workers = [await runner.startAssigned(options), await runner.startAssigned(options)];
    const blocksUntilMs = Date.now() + stuckMs;
    const onlyOnce = ['sh', '-c', `mkdir ${runner.folder}/begun && echo first; : ${run.marker}`];
    await runner.sendValue(JSON.stringify({ jobId: 0, command: onlyOnce, blocksUntilMs }), { partition: 0 });
    await sendToEach(runner, 2, 20, (jobId) => sleepingJob(run, jobId, 0.2));
    run.fault();
    await run.lookInMidRun(runner);
    await run.conclude(runner, { workers, recoveryWithinMs: recoveryLimitMs(3_000), seconds: 90 + stuckMs / 1_000 });
  },
);
