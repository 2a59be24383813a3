// Expected: workers that are killed with -9 at random moments, again and again, lose and double no job, whatever else they
// did; at no moment is a position above a job that is not over; nothing of a dead worker is left, and when the killing stops
// another one goes on within session time-out + transaction time-out + 15 s.
import { setTimeout as sleep } from 'node:timers/promises';
import { startLab } from '../../../../lab/lab.ts';
import { assertPositionsTrue, audit } from '../kafka/audit.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { recoveryLimitMs } from './suite/recovery.ts';
import { atScale } from './suite/scale.ts';

const title = 'worker killed with -9 at random moments';
const groups = atScale({ small: 1, full: 10 });
const kills = atScale({ small: 6, full: 10 });
const sessionTimeoutMs = 1_000;
const recoveryWithinMs = recoveryLimitMs(sessionTimeoutMs);

faultScenario({ scenario: 1, title, file: import.meta.filename, timeoutMs: 180_000 + groups * 80_000 }, async (run) => {
  await using lab = await startLab({ minio: false });
  const runner = await RunnerUnderTest.create(run.t, { kafka: lab.kafka, partitions: 2 });
  const options = { sessionTimeoutMs, concurrency: 2 };
  const workers = [runner.start(options), runner.start(options)];
  for (let group = 0; group < groups; group += 1) {
    // Peace for longer than the stated time: who kills sooner never sees that nobody goes on.
    if (group > 0) await sleep(recoveryWithinMs + 1_000);
    await sendToEach(runner, 2, kills * 8, (jobId) =>
      sleepingJob(run, jobId, run.random() * 0.4, jobId % 5 === 4 ? 1 : 0),
    );
    for (let kill = 0; kill < kills; kill += 1) {
      await sleep(run.between(1_000, 2_500));
      const victim = run.below(2);
      run.fault();
      await workers[victim]?.kill();
      if (kill === 4) assertPositionsTrue(await audit(runner, { until: 'positions', seconds: 25 }));
      workers[victim] = runner.start(options);
    }
  }
  await Promise.all(workers.map((worker) => worker.logged(/^partitions assigned$/)));
  await run.conclude(runner, { workers, recoveryWithinMs });
});
