// Expected: when retention has eaten jobs beyond the position, the worker says which and goes on with the first that is left;
// partitions that are added are noticed; a topic that is deleted and made anew is said, and worked from its beginning.
import assert from 'node:assert/strict';
import path from 'node:path';
import { runPython } from '../../../../lab/python.ts';
import { addPartitions } from '../kafka/add-partitions.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario, type FaultRun } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';

const file = import.meta.filename;
const timeoutMs = 120_000;
const recoveryWithinMs = 40_000;

async function changeTopic(runner: RunnerUnderTest, topic: string, ...change: readonly string[]): Promise<void> {
  const script = path.join(import.meta.dirname, 'suite/change_topic.py');
  await runPython(script, [runner.bootstrapServers.join(','), topic, ...change]);
}

async function someDone(run: FaultRun): Promise<RunnerUnderTest> {
  const runner = await RunnerUnderTest.create(run.t);
  await sendToEach(runner, 1, 6, (jobId) => sleepingJob(run, jobId, 0));
  return runner;
}

faultScenario({ scenario: 12, title: 'retention passes the position', file, timeoutMs }, async (run) => {
  const runner = await someDone(run);
  const first = runner.start();
  await first.logged(/^completed$/, 6);
  await first.stop();
  await sendToEach(runner, 1, 20, (jobId) => sleepingJob(run, jobId, 0.1));
  await changeTopic(runner, runner.inTopic, 'delete-records', '15');
  run.fault();
  const worker = runner.start();
  const { code, from, to } = await worker.logged(/^retention has eaten offsets/);
  assert.deepEqual({ code, from, to }, { code: 'jobs-expired', from: 6, to: 15 });
  const { jobs } = await run.conclude(runner, { workers: [worker], recoveryWithinMs });
  assert.equal(jobs.length, 11, 'what is left');
});

// What the worker holds in memory is done all the same, though nobody can read those jobs in the topic any more.
faultScenario({ scenario: 12, title: 'retention overtakes a worker that runs', file, timeoutMs }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t);
  const worker = await runner.startAssigned();
  await sendToEach(runner, 1, 1, (jobId) => sleepingJob(run, jobId, 8));
  // More than a worker and its client keep in memory: 16 MiB each.
  const padding = 'x'.repeat(100_000);
  await sendToEach(runner, 1, 799, (jobId) => ({ jobId: jobId + 1, command: ['true', padding] }));
  await changeTopic(runner, runner.inTopic, 'delete-records', '795');
  run.fault();
  const { code, from, to } = await worker.logged(/^retention has eaten offsets/);
  assert.deepEqual({ code, to }, { code: 'jobs-expired', to: 795 });
  await worker.logged(/^completed$/, Number(from) + 5);
  const { jobs } = await run.conclude(runner, { workers: [worker], recoveryWithinMs });
  assert.equal(jobs.length, 5, 'what is left');
});

faultScenario({ scenario: 12, title: 'partitions are added', file, timeoutMs }, async (run) => {
  const runner = await someDone(run);
  const workers = [await runner.startAssigned(), await runner.startAssigned()];
  await addPartitions(runner.bootstrapServers, runner.inTopic, 4);
  await sendToEach(runner, 4, 40, (jobId) => sleepingJob(run, jobId, 0.1));
  run.fault();
  await run.conclude(runner, { workers, recoveryWithinMs });
});

// The broker forgets positions with their topic. One that another worker wrote once more is beyond the new topic's end.
faultScenario(
  { scenario: 12, title: 'the topic is recreated while its worker is away', file, timeoutMs },
  async (run) => {
    const runner = await someDone(run);
    const first = await runner.startAssigned();
    await first.logged(/^completed$/, 6);
    await first.stop();
    await recreate(run, runner);
    await changeTopic(runner, runner.inTopic, 'set-position', runner.groupId ?? '', '20');
    run.fault();
    const worker = runner.start();
    const { code, position, end } = await worker.logged(/the topic was made anew, and is read from its start$/);
    assert.deepEqual({ code, position, end }, { code: 'topic-recreated', position: 20, end: 9 });
    await run.conclude(runner, { workers: [worker], recoveryWithinMs, seconds: 45 });
  },
);

// A worker that looks at once finds an empty topic; one that stood still finds jobs where it would go on, and behind it others.
for (const stoodStill of [false, true]) {
  const title = `the topic is recreated while its worker ${stoodStill ? 'stands still' : 'runs'}`;
  faultScenario({ scenario: 12, title, file, timeoutMs }, async (run) => {
    const runner = await someDone(run);
    const worker = await runner.startAssigned();
    await worker.logged(/^completed$/, 6);
    if (stoodStill) worker.signal('SIGSTOP');
    await recreate(run, runner);
    run.fault();
    if (stoodStill) worker.signal('SIGCONT');
    await run.conclude(runner, { workers: [worker], recoveryWithinMs, seconds: 45 });
  });
}

/** With nine jobs, three more than had been done. */
async function recreate(run: FaultRun, runner: RunnerUnderTest): Promise<void> {
  await changeTopic(runner, runner.inTopic, 'recreate');
  // The oracle knows jobs by their offsets, which begin again: results of the former topic are taken away too.
  await changeTopic(runner, runner.outTopic, 'delete-records', '-1');
  await sendToEach(runner, 1, 9, (jobId) => sleepingJob(run, jobId, 0.1));
}
