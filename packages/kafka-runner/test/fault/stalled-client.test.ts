// Expected: a Kafka client that polls, stays in its group, and from some moment on delivers nothing is noticed: the worker
// writes its state to the log, makes its consumer anew, counts that, and goes on. A job that is under way then is handed
// back and done again; each job ends once.
import assert from 'node:assert/strict';
import type { RunnerProcess } from '../kafka/runner-process.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { atScale } from './suite/scale.ts';

const title = 'Kafka client delivers nothing any more, and says nothing';
const rounds = atScale({ small: 1, full: 10 });
const shortJobs = 12;
const stallTimeoutMs = 2_000;
const options = { stallTimeoutMs, concurrency: 2, commandGraceMs: 500 };
/** The time-out, a quarter of it until the next look, and a new consumer. */
const recoveryWithinMs = stallTimeoutMs * 1.25 + 10_000;

faultScenario({ scenario: 3, title, file: import.meta.filename, timeoutMs: 120_000 + rounds * 40_000 }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t, { partitions: 2 });
  const workers: RunnerProcess[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await workers.at(-1)?.stop();
    // The long job comes first, and of the others some do not come.
    const worker = await runner.startAssigned(options, { muteAfter: 2 + run.below(shortJobs - 2) });
    workers.push(worker);
    const long = { jobId: -1, command: ['sh', '-c', `echo begun; sleep 8; : ${run.marker}`] };
    await runner.sendValue(JSON.stringify(long), { partition: 1 });
    await worker.logged(/^begun$/);
    await sendToEach(runner, 2, shortJobs, (jobId) => sleepingJob(run, jobId, run.between(0, 0.3)));
    run.fault();
    const stalled = await worker.logged(/the consumer is made anew/);
    const { code, freeSlots, waiting, underWay, stalls } = stalled;
    assert.deepEqual([code, freeSlots, waiting, underWay, stalls], ['stalled', 1, 0, 1, 1]);
    assert.match(String(stalled['undelivered']), /\/[01]@\d+/);
    await worker.logged(/^completed$/, 1 + shortJobs);
  }
  await run.conclude(runner, { workers: workers.slice(-1), recoveryWithinMs });
  for (const worker of workers) {
    assert.equal((await worker.logged(/^stopped$/))['stalls'], 1, 'one stall is counted, and no other one is seen');
    await worker.logged(/the job is kept: the worker has failed/);
  }
});
