// Expected: a worker that dies just before or after any step of finishing a job (publish, offsets, commit) has either ended
// the job or not: the next worker ends it in the latter case, and nobody sees it ended twice.
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { recoveryLimitMs } from './suite/recovery.ts';
import { atScale } from './suite/scale.ts';

const title = 'worker killed with -9 between publish and commit, at each step';
/** The first and the third job: without and with a transaction before. */
const calls = atScale({ small: [3], full: [1, 2, 3, 4, 5] });
const sessionTimeoutMs = 1_000;
const jobsForEach = 4;

const steps = [
  'before produce',
  'after produce',
  'before sendOffsetsToTransaction',
  'answered sendOffsetsToTransaction',
  'before commitTransaction',
  'after commitTransaction',
  'answered commitTransaction',
];
const points = steps.flatMap((step) => calls.map((nth) => `${step} ${nth}`));

faultScenario(
  { scenario: 1, title, file: import.meta.filename, timeoutMs: 60_000 + points.length * 40_000 },
  async (run) => {
    const runner = await RunnerUnderTest.create(run.t);
    for (const failPoint of points) {
      await sendToEach(runner, 1, jobsForEach + Math.max(...calls), (jobId) => sleepingJob(run, jobId, 0.05));
      const dying = runner.start({ sessionTimeoutMs }, { failPoint });
      await dying.end();
      run.fault();
      const next = runner.start({ sessionTimeoutMs });
      await next.logged(/^completed$/, jobsForEach);
      await next.stop();
    }
    const last = await runner.startAssigned({ sessionTimeoutMs });
    await run.conclude(runner, { workers: [last], recoveryWithinMs: recoveryLimitMs(sessionTimeoutMs) });
  },
);
