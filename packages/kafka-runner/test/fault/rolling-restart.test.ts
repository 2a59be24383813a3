// Expected: workers that are told to stop under load (once, twice, or in the middle of a rebalance) hand back what does not
// end in time, and their successors do it, once. The jobs take longer than a restart.
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunnerProcess } from '../kafka/runner-process.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { recoveryLimitMs } from './suite/recovery.ts';
import { atScale } from './suite/scale.ts';

const title = 'rolling restart of 4 workers under load: SIGTERM, twice, during a rebalance';
const rounds = atScale({ small: 1, full: 5 });
const options = { shutdownTimeoutMs: 500, commandGraceMs: 500, sessionTimeoutMs: 6_000 };
const recoveryWithinMs = recoveryLimitMs(options.sessionTimeoutMs);

faultScenario(
  { scenario: 4, title, file: import.meta.filename, timeoutMs: 180_000 + rounds * 120_000 },
  async (run) => {
    const runner = await RunnerUnderTest.create(run.t, { partitions: 4 });
    const workers: RunnerProcess[] = [];
    for (let worker = 0; worker < 4; worker += 1) workers.push(await runner.startAssigned(options));
    for (let round = 0; round < rounds; round += 1) {
      // For longer than the stated time, or the next restart would hide that work does not go on.
      if (round > 0) await sleep(recoveryWithinMs + 1_000);
      await sendToEach(runner, 4, 24, (jobId) => sleepingJob(run, jobId, run.between(1, 3)));
      for (let place = 0; place < 4; place += 1) {
        const way = ['once', 'twice', 'rebalance'][run.below(3)];
        await sleep(run.between(500, 1_500));
        const successor = way === 'rebalance' ? runner.start(options) : undefined;
        run.fault();
        workers[place]?.signal('SIGTERM');
        if (way === 'twice') {
          await sleep(run.between(0, 300));
          workers[place]?.signal('SIGTERM');
        }
        await workers[place]?.end();
        const next = successor ?? runner.start(options);
        workers[place] = next;
        await next.logged(/^partitions assigned$/);
        await run.lookInMidRun(runner);
      }
    }
    await run.conclude(runner, { workers, recoveryWithinMs, seconds: 120 * rounds });
  },
);
