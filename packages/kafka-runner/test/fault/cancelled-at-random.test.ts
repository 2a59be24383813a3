// Expected: jobs that are cancelled at random moments, while they wait, begin, run, fail, end or are over, by place or by id, on two
// workers of which one is killed with -9 in the middle of it: exactly one terminal record each, for whoever reads committed
// records, and nothing is left.
import { setTimeout as sleep } from 'node:timers/promises';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { recoveryLimitMs } from './suite/recovery.ts';
import { atScale } from './suite/scale.ts';

const title = 'worker killed with -9 while jobs are cancelled at random moments';
const rounds = atScale({ small: 1, full: 10 });
const sessionTimeoutMs = 1_000;
const [partitions, jobsOfRound] = [2, 120];

faultScenario({ scenario: 1, title, file: import.meta.filename, timeoutMs: 120_000 + rounds * 30_000 }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t, { partitions, steered: true });
  const options = { sessionTimeoutMs, concurrency: 2, retryDelayMs: 300, prefetch: 1 };
  const workers = [runner.start(options), runner.start(options)];
  await Promise.all(workers.map((worker) => worker.logged(/^partitions assigned$/)));
  for (let round = 0; round < rounds; round += 1) {
    const first = round * jobsOfRound;
    await sendToEach(runner, partitions, jobsOfRound, (number) =>
      sleepingJob(run, first + number, run.random() * 0.3, number % 4),
    );
    const orders = Array.from({ length: jobsOfRound }, async () => {
      await sleep(run.between(0, 8_000));
      const jobId = first + run.below(jobsOfRound);
      // Jobs go to the partitions in turn.
      const place = { partition: jobId % partitions, offset: Math.floor(jobId / partitions) };
      await runner.order(run.random() < 0.5 ? { order: 'cancel', jobId } : place);
    });
    await sleep(run.between(1_000, 4_000));
    const victim = run.below(2);
    run.fault();
    await workers[victim]?.kill();
    await sleep(run.between(0, 500));
    workers[victim] = runner.start(options);
    await Promise.all(orders);
  }
  const seen = await run.conclude(runner, { workers, recoveryWithinMs: recoveryLimitMs(sessionTimeoutMs) });
  const cancelled = (await runner.look()).terminals.filter(({ value }) => value['code'] === 'cancelled').length;
  run.t.diagnostic(`${cancelled} of ${seen.jobs.length} cancelled`);
  if (cancelled < 10) throw new Error(`only ${cancelled} jobs were cancelled: the test has shown nothing`);
});
