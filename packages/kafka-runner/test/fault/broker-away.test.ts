// Expected: while the broker is away running jobs go on; their results and error records are sent when it is back, and the
// workers go on by themselves, whether it was stopped in order or killed in the middle of a transaction. Nothing is lost or
// doubled. A worker that is told to stop meanwhile hands back what it cannot finish, and ends in time.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLab, type Lab } from '../../../../lab/lab.ts';
import type { SeenRecord } from '../kafka/oracle.ts';
import type { RunnerProcess } from '../kafka/runner-process.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { atScale } from './suite/scale.ts';

const file = import.meta.filename;
const rounds = atScale({ small: 1, full: 5 });
const awayMs = atScale({ small: 12_000, full: 60_000 });
const sessionTimeoutMs = 6_000;

let lab: Lab;
before(async () => {
  lab = await startLab({ minio: false });
});
after(() => lab[Symbol.asyncDispose]());

/** In the middle of the third result's transaction: its offsets are in it, and it is not committed. */
const inTransaction = 'answered sendOffsetsToTransaction 3 SIGSTOP';

for (const how of ['stop', 'kill'] as const) {
  const title = how === 'stop' ? 'broker stopped and started again' : 'broker killed with -9 in mid-transaction';
  faultScenario({ scenario: 6, title, file, timeoutMs: 120_000 + rounds * (awayMs + 120_000) }, async (run) => {
    const runner = await RunnerUnderTest.create(run.t, { kafka: lab.kafka, partitions: 2 });
    const options = { sessionTimeoutMs, concurrency: 2 };
    const start = { ...(how === 'kill' && { failPoint: inTransaction }) };
    let worker = await runner.startAssigned(options, start);
    const other = await runner.startAssigned(options);
    const workers = [worker, other];
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0) await sleep(20_000);
      if (round > 0 && how === 'kill') {
        await worker.stop();
        worker = await runner.startAssigned(options, start);
        workers.push(worker);
      }
      const job = (jobId: number) => sleepingJob(run, jobId, run.between(0, 0.6), jobId % 4 === 3 ? 1 : 0);
      await sendToEach(runner, 2, 40, job);
      await (how === 'kill' ? worker.stopped() : sleep(run.between(300, 2_000)));
      await lab.kafka[how]();
      worker.signal('SIGCONT');
      await sleep(how === 'stop' ? awayMs : run.between(0, 5_000));
      await lab.kafka.start();
      run.fault();
      await run.lookInMidRun(runner);
    }
    await run.conclude(runner, { workers: [worker, other], recoveryWithinMs: 40_000 });
    await assertNoAttemptCounted(runner, workers);
  });
}

/** Unless another worker took a job over, which the group may decide for one that ran when Kafka went. */
async function assertNoAttemptCounted(runner: RunnerUnderTest, workers: readonly RunnerProcess[]): Promise<void> {
  const { terminals } = await runner.look();
  const results = terminals.filter(({ kind }) => kind === 'result');
  const again = results.filter(({ record }) => record.headers['attempt'] !== '1');
  const knows = ({ lines }: RunnerProcess, { 'job-partition': id, 'job-offset': at }: SeenRecord['headers']): boolean =>
    lines.some(({ partition, offset }) => partition === Number(id) && offset === Number(at));
  const counted = again.filter(({ record }) => workers.filter((one) => knows(one, record.headers)).length < 2);
  assert.deepEqual(
    counted.map(({ job }) => job),
    [],
    'results of a second attempt by the same worker',
  );
}

const told = 'worker told to stop while the broker is away';
faultScenario({ scenario: 6, title: told, file, timeoutMs: 120_000 }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t, { kafka: lab.kafka });
  const worker = await runner.startAssigned({ shutdownTimeoutMs: 1_000 });
  await runner.send({ jobId: 1, command: ['sh', '-c', 'echo begun; sleep 3; echo done'] });
  await worker.logged(/^begun$/);
  await lab.kafka.kill();
  await worker.logged(/^done$/);
  const { exitCode, tookMs } = await worker.stop();
  assert.equal(exitCode, 0);
  assert.ok(tookMs < 25_000, `${tookMs} ms`);
  await worker.logged(/the job is kept: (stopped by SIGTERM|partition \S+ was taken away)/);
  await lab.start('kafka');
  run.fault();
  await run.conclude(runner, { workers: [await runner.startAssigned()], recoveryWithinMs: 40_000 });
});
