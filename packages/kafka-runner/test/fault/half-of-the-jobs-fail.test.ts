// Expected: when half of the jobs always fail, the good ones keep at least 90 % of the rate that they have alone.
import assert from 'node:assert/strict';
import { audit } from '../kafka/audit.ts';
import { RunnerUnderTest, type TestJob } from '../kafka/runner-under-test.ts';
import { faultScenario, type FaultRun } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { atScale } from './suite/scale.ts';

const title = 'half of the jobs always fail';
const goodJobs = atScale({ small: 80, full: 600 });
const options = { concurrency: 8 };
/** The waits of a job's second and third attempt, when only such jobs are left. */
const recoveryWithinMs = 15_000;

faultScenario(
  { scenario: 10, title, file: import.meta.filename, timeoutMs: 120_000 + goodJobs * 2_000 },
  async (run) => {
    const alone = await goodSeconds(run, 0);
    const among = await goodSeconds(run, goodJobs);
    run.t.diagnostic(
      `${goodJobs} good jobs: ${alone.toFixed(1)} s alone, ${among.toFixed(1)} s among as many that fail`,
    );
    assert.ok(alone / among >= 0.9, `${((alone / among) * 100).toFixed(0)} % of their rate`);
  },
);

/**
 * Two seconds on average, so that the spawning of three times as many failures weighs little on a busy machine; and not in
 * step: a rate that is measured in whole rounds of jobs would jump.
 */
function secondsOf(index: number): number {
  return 1.2 + 1.6 * ((index * 0.618) % 1);
}

/** From the first end of a good job to the last one. */
async function goodSeconds(run: FaultRun, badJobs: number): Promise<number> {
  const runner = await RunnerUnderTest.create(run.t);
  const isGood = (jobId: number): boolean => badJobs === 0 || jobId % 2 === 0;
  const job = (jobId: number): TestJob =>
    isGood(jobId)
      ? sleepingJob(run, jobId, secondsOf(badJobs === 0 ? jobId : jobId / 2))
      : // At once: the time of its own three attempts is no loss of the runner's, and on a busy machine it is long.
        { jobId, command: ['sh', '-c', `: ${run.marker}; exit 1`] };
  await sendToEach(runner, 1, goodJobs + badJobs, job);
  const workers = [runner.start(options)];
  const seconds = goodJobs * 2 + 60;
  const { terminals } =
    badJobs > 0
      ? await run.conclude(runner, { workers, isInJobs: true, recoveryWithinMs, faults: badJobs, seconds })
      : await audit(runner, { until: 'over', seconds });
  for (const worker of workers) await worker.stop();
  const ends = terminals.filter(({ kind }) => kind === 'result').map(({ timestampMs }) => timestampMs);
  return (Math.max(...ends) - Math.min(...ends)) / 1_000;
}
