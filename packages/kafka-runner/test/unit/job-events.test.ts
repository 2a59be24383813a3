import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, RejectedError, UnavailableError } from '../../src/errors.ts';
import { finishJob } from '../../src/finish-job.ts';
import { reachEnd, type JobAuthor } from '../../src/job-flow.ts';
import { jobUnderTest, type JobUnderTest } from './job-under-test.ts';
import { workerUnderTest } from './worker-under-test.ts';

const author = (error: Error): Partial<JobAuthor> => ({
  msgToCommand: () => {
    throw error;
  },
});

/** What is heard of a job's end. */
async function heard({ delivery, context }: JobUnderTest): Promise<string[]> {
  const events: string[] = [];
  context.events.on('ended', ({ outcome }) => events.push(`ended: ${outcome.kind}`));
  context.events.on('kept', ({ outcome }) => events.push(`kept: ${outcome.kind}`));
  context.events.on('rested', ({ outcome }, delayMs) => events.push(`rested: ${outcome.kind}, ${delayMs} ms`));
  await finishJob(await reachEnd(delivery, context), context);
  return events;
}

test('each end of a job is told once', async (t) => {
  const broken = author(new FailedError('broken', 'broken'));
  for (const [what, job, expected] of [
    ['completed', jobUnderTest(), 'ended: completed'],
    ['ignored', jobUnderTest({ msgToCommand: () => undefined }), 'ended: ignored'],
    ['rejected', jobUnderTest(author(new RejectedError('bad', 'bad'))), 'ended: rejected'],
    ['failed', jobUnderTest({ ...broken, isTriedAgain: () => false }), 'ended: failed'],
    ['tried again', jobUnderTest({ ...broken, isTriedAgain: () => true }), 'rested: failed, 1500 ms'],
  ] as const)
    await t.test(what, async () => assert.deepEqual(await heard(job), [expected]));
});

test('a job that is handed back is kept', async () => {
  const job = jobUnderTest(author(new UnavailableError('away', 'away')));
  job.lose();
  assert.deepEqual(await heard(job), ['kept: interrupted']);
});

test('what is away is told each time', async () => {
  let attempts = 0;
  const msgToCommand = (): string[] => {
    attempts += 1;
    if (attempts === 1) throw new UnavailableError('away', 'away');
    return ['true'];
  };
  const { delivery, context } = jobUnderTest({ msgToCommand });
  const told: string[] = [];
  context.events.on('away', ({ record }, { code }) => told.push(`${record.offset} ${code}`));
  await reachEnd(delivery, context);
  assert.deepEqual(told, ['0 away']);
});

test('a fault of the machine is told by the worker', async (t) => {
  const { worker, events, deliver, until } = await workerUnderTest(t, {
    maxMachineFaults: 1,
    resident: { command: ['false'] },
  });
  const told: string[] = [];
  events.on('machineFault', (code) => told.push(code));
  const running = assert.rejects(worker.run(), /does not start/);
  await until(() => worker.status().partitions.length > 0);
  deliver(0, 0, 'exit 0');
  await running;
  assert.deepEqual(told, ['machine-exhausted']);
});

test('a worker tells of a job from its arrival to its end', async (t) => {
  const { worker, events, lines, deliver, until } = await workerUnderTest(t);
  const told: string[] = [];
  events.on('arrived', ({ offset }) => told.push(`arrived ${offset}`));
  events.on('begun', ({ attempt }) => told.push(`begun ${attempt}`));
  events.on('phase', (_delivery, phase) => told.push(phase));
  events.on('ended', ({ outcome }) => told.push(outcome.kind));
  const running = worker.run();
  await until(() => lines.some(({ message }) => message === 'partitions assigned'));
  deliver(0, 7, 'exit 0');
  await until(() => told.includes('completed'));
  worker.stop('the test');
  await running;
  assert.deepEqual(told, ['arrived 7', 'begun 1', 'prepared', 'queued', 'ran', 'answered', 'completed']);
});
