// Expected: a job that takes its worker down with it each time is given up after its third attempt, with an error record that
// says so; the worker is started again by its supervisor each time, and the other jobs are done, none of them given up.
import assert from 'node:assert/strict';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { recoveryLimitMs } from './suite/recovery.ts';
import { atScale } from './suite/scale.ts';

const title = 'one job kills its worker each time';
const poisoned = atScale({ small: 1, full: 5 });
const sessionTimeoutMs = 1_000;

faultScenario({ scenario: 10, title, file: import.meta.filename, timeoutMs: 120_000 * poisoned }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t, { partitions: 2 });
  const isPoison = (jobId: number): boolean => jobId % 20 === 5;
  await sendToEach(runner, 2, 20 * poisoned, (jobId) =>
    isPoison(jobId)
      ? { jobId, command: ['sh', '-c', 'sleep 0.2; kill -9 $(ps -o ppid= -p $PPID); sleep 300', run.marker] }
      : sleepingJob(run, jobId, 0.1),
  );
  const supervised = new AbortController();
  const supervise = async (): Promise<void> => {
    while (!supervised.signal.aborted) {
      const worker = runner.start({ sessionTimeoutMs, concurrency: 2 });
      const stop = (): void => worker.signal('SIGTERM');
      supervised.signal.addEventListener('abort', stop);
      if ((await worker.end()).signal === 'SIGKILL') run.fault();
      supervised.signal.removeEventListener('abort', stop);
    }
  };
  const supervision = supervise();
  const workers = [
    {
      stop: async () => {
        supervised.abort();
        await supervision;
        return { exitCode: 0, signal: null, tookMs: 0 };
      },
    },
  ];
  // It runs alone, so that up to three deaths follow one another before any job ends.
  const recoveryWithinMs = recoveryLimitMs(sessionTimeoutMs);
  await run.conclude(runner, { workers, recoveryWithinMs, seconds: 100 * poisoned });
  const { terminals } = await runner.look();
  const errors = terminals.filter(({ kind }) => kind === 'error').map(({ value }) => value);
  assert.deepEqual(
    errors.map(({ code, attempts }) => ({ code, attempts })),
    Array.from({ length: poisoned }, () => ({ code: 'gave-up', attempts: 3 })),
  );
});
