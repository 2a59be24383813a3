// Expected: while the output topic or the error topic is missing or forbidden, jobs are kept and nothing is lost; when it is
// there, work goes on by itself. A record that no broker takes is how its job failed.
import path from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runPython } from '../../../../lab/python.ts';
import { startLab, type Lab } from '../../../../lab/lab.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario, type FaultRun } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { atScale } from './suite/scale.ts';

const file = import.meta.filename;
const awayMs = atScale({ small: 6_000, full: 60_000 });
/** The waits between attempts grow with the time that a topic is away, to half a minute at most. */
const recoveryWithinMs = 45_000;

let lab: Lab;
before(async () => {
  const authorizer = 'org.apache.kafka.metadata.authorizer.StandardAuthorizer';
  const properties = { 'authorizer.class.name': authorizer, 'allow.everyone.if.no.acl.found': true };
  lab = await startLab({ minio: false, kafka: { autoCreateTopics: false, properties } });
});
after(() => lab[Symbol.asyncDispose]());

async function jobsOfAllKinds(run: FaultRun): Promise<RunnerUnderTest> {
  const runner = await RunnerUnderTest.create(run.t, { kafka: lab.kafka });
  await sendToEach(runner, 1, 12, (jobId) => sleepingJob(run, jobId, 0.1, jobId % 3 === 2 ? 1 : 0));
  return runner;
}

for (const which of ['outTopic', 'errorTopic'] as const) {
  const name = which === 'outTopic' ? 'output topic' : 'error topic';
  faultScenario({ scenario: 8, title: `${name} missing`, file, timeoutMs: 120_000 + awayMs }, async (run) => {
    const runner = await jobsOfAllKinds(run);
    const later = `${runner[which]}-later`;
    const worker = runner.start({ [which]: later, concurrency: 2 });
    await worker.logged(/^partitions assigned$/);
    const { bootstrapServers, inTopic, outTopic, errorTopic, groupId } = runner;
    const topics = { bootstrapServers, inTopic, outTopic, errorTopic, groupId, [which]: later };
    const jobsFolders = (): Promise<string[]> => runner.jobsFolders();
    await Promise.all([sleep(awayMs), run.lookInMidRun(topics)]);
    run.fault();
    await lab.kafka.createTopic(later);
    await run.conclude({ ...topics, jobsFolders }, { workers: [worker], recoveryWithinMs });
  });

  faultScenario({ scenario: 8, title: `${name} forbidden`, file, timeoutMs: 120_000 + awayMs }, async (run) => {
    const runner = await jobsOfAllKinds(run);
    await mayWrite(runner[which], false);
    const worker = runner.start({ concurrency: 2 });
    await worker.logged(/^partitions assigned$/);
    await Promise.all([sleep(awayMs), run.lookInMidRun(runner)]);
    run.fault();
    await mayWrite(runner[which], true);
    await run.conclude(runner, { workers: [worker], recoveryWithinMs });
  });
}

faultScenario({ scenario: 8, title: 'record too large', file, timeoutMs: 120_000 }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t, { kafka: lab.kafka });
  const responseBytes = 2_000_000;
  await sendToEach(runner, 1, 20, (jobId) => ({ jobId, command: ['true'], ...(jobId % 2 === 1 && { responseBytes }) }));
  const workers = [runner.start({ concurrency: 2 })];
  await run.conclude(runner, { workers, isInJobs: true, recoveryWithinMs: 15_000, faults: 10 });
});

async function mayWrite(topic: string, isAllowed: boolean): Promise<void> {
  const [bootstrap = ''] = lab.kafka.bootstrapServers;
  const script = path.join(import.meta.dirname, 'suite/may_write.py');
  await runPython(script, [bootstrap, topic, isAllowed ? 'yes' : 'no']);
}
