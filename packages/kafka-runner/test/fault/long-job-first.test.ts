// Expected: jobs on the same partition do not wait for a long one before them: each has its record as soon as it ends. When
// the worker dies meanwhile, only what was running is done again.
import assert from 'node:assert/strict';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { recoveryLimitMs } from './suite/recovery.ts';
import { atScale } from './suite/scale.ts';

const file = import.meta.filename;
const shortJobs = atScale({ small: 200, full: 2_000 });
const longSeconds = atScale({ small: 8, full: 120 });
const sessionTimeoutMs = 2_000;
const options = { concurrency: 2, sessionTimeoutMs };

const title = 'one long job, then short ones on the same partition';
faultScenario({ scenario: 9, title, file, timeoutMs: 120_000 + longSeconds * 2_000 }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t);
  await runner.send(sleepingJob(run, 0, longSeconds));
  await sendToEach(runner, 1, shortJobs, (jobId) => ({ jobId, command: ['true'] }));
  const workers = [runner.start(options)];
  // Nothing fails, so that there is nothing to recover from: that nobody waits is what counts.
  const { jobs, terminals } = await run.conclude(runner, { workers, faults: 1, seconds: longSeconds + 60 });
  const endMs = new Map(terminals.map(({ name, timestampMs }) => [name, timestampMs]));
  const [long, ...shorts] = jobs.map(({ name }) => endMs.get(name) ?? Infinity);
  const late = shorts.filter((shortMs) => shortMs > (long ?? 0));
  assert.equal(late.length, 0, `${late.length} of ${shorts.length} waited for the long one`);
});

const killed = 'the same, and the worker is killed with -9 behind half of them';
faultScenario({ scenario: 9, title: killed, file, timeoutMs: 120_000 + longSeconds * 3_000 }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t);
  await runner.send(sleepingJob(run, 0, longSeconds));
  await sendToEach(runner, 1, shortJobs, (jobId) => ({ jobId, command: ['true'] }));
  const dying = runner.start(options);
  await dying.logged(/^completed$/, shortJobs / 2);
  run.fault();
  await dying.kill();
  const workers = [runner.start(options)];
  // The long job was begun by a worker that died: it runs alone until it ends (docs/failures.md).
  const recoveryWithinMs = recoveryLimitMs(sessionTimeoutMs) + longSeconds * 1_000;
  await run.conclude(runner, { workers, recoveryWithinMs, seconds: longSeconds + 90 });
});
