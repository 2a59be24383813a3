import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import type { CancelOrder, WorkerOrder } from '../../../src/control/order.ts';
import type { KafkaRunnerOptions } from '../../../src/options.ts';
import { workerUnderTest, type WorkerUnderTest } from '../worker-under-test.ts';

const cancel = (offset: number): CancelOrder => {
  return { order: 'cancel', topic: 'jobs', partition: 0, offset, time: Date.now(), reason: 'the test' };
};
const tell = (order: WorkerOrder['order']): WorkerOrder => ({ order, worker: 'host-1', time: Date.now() });

interface RunningWorker extends WorkerUnderTest {
  /** `3 begun`, `3 ended cancelled`: what becomes of jobs, by offset. */
  readonly told: string[];
  readonly running: Promise<void>;
}

async function started(t: TestContext, options: Partial<KafkaRunnerOptions> = {}): Promise<RunningWorker> {
  const one = await workerUnderTest(t, options);
  const told: string[] = [];
  one.events.on('begun', ({ record }) => told.push(`${record.offset} begun`));
  one.events.on('rested', ({ record }) => told.push(`${record.offset} rested`));
  one.events.on('kept', ({ record }) => told.push(`${record.offset} kept`));
  one.events.on('ended', ({ record, outcome }) =>
    told.push(`${record.offset} ended ${'error' in outcome ? outcome.error.code : outcome.kind}`),
  );
  const running = one.worker.run();
  await one.until(() => one.lines.some(({ message }) => message === 'partitions assigned'));
  t.after(async () => {
    one.worker.stop('the test');
    await running;
  });
  return { ...one, told, running };
}

test('a running job', { timeout: 20_000 }, async (t) => {
  const { deliver, until, control, told, committer } = await started(t, { commandGraceMs: 60_000 });
  deliver(0, 3, 'trap "" TERM; while :; do sleep 1; done');
  await until(() => told.includes('3 begun'));
  await sleep(300);
  const orderedMs = performance.now();
  control.obey(cancel(3));
  await until(() => told.includes('3 ended cancelled'));
  assert.ok(performance.now() - orderedMs < 2_000, `${performance.now() - orderedMs} ms`);
  assert.equal(committer.story.at(-1), 'error.log cancelled + jobs/0@4');
  assert.match(String(committer.records.at(-1)?.value), /"message":"cancelled by an order of \S+Z: the test"/);
  control.obey(cancel(3));
  await sleep(50);
  assert.equal(committer.records.length, 1, 'whoever is cancelled twice ends once');
});

test('a job that waits for a slot ends at once, though another one runs', { timeout: 20_000 }, async (t) => {
  const { deliver, until, control, told, committer } = await started(t);
  deliver(0, 3, 'sleep 60');
  deliver(0, 4, 'exit 0');
  await until(() => told.includes('3 begun'));
  control.obey(cancel(4));
  await until(() => told.includes('4 ended cancelled'));
  assert.ok(!told.includes('4 begun'));
  assert.match(committer.story.at(-1) ?? '', /^error.log cancelled \+ jobs\/0@3/);
  control.obey(cancel(3));
  await until(() => told.includes('3 ended cancelled'));
  assert.match(committer.story.at(-1) ?? '', /jobs\/0@5/, 'both are done');
});

test('a job that waits for another attempt ends at once', { timeout: 20_000 }, async (t) => {
  const { deliver, until, control, told } = await started(t, { retryDelayMs: 60_000 });
  deliver(0, 3, 'exit 1');
  await until(() => told.includes('3 rested'));
  control.obey(cancel(3));
  await until(() => told.includes('3 ended cancelled'));
  assert.deepEqual(told, ['3 begun', '3 rested', '3 ended cancelled']);
});

test('a job that was cancelled before it came', { timeout: 20_000 }, async (t) => {
  const { deliver, until, control, told } = await started(t);
  control.obey(cancel(4));
  deliver(0, 3, 'sleep 60');
  deliver(0, 4, 'exit 0');
  await until(() => told.includes('4 ended cancelled'));
  control.obey(cancel(3));
  await until(() => told.includes('3 ended cancelled'));
  assert.ok(!told.includes('4 begun'));
});

test('by id: what waits and what runs; what is sent later is not meant', { timeout: 20_000 }, async (t) => {
  const { deliverMessage, until, control, told } = await started(t, { concurrency: 2 });
  const time = Date.now();
  deliverMessage({ offset: 3, timestampMs: time - 1 }, { jobId: 42, run: 'sleep 60' });
  deliverMessage({ offset: 4, timestampMs: time - 1 }, { jobId: 7, run: 'sleep 0.5' });
  deliverMessage({ offset: 5, timestampMs: time }, { jobId: 42, run: 'exit 0' });
  deliverMessage({ offset: 6, timestampMs: time + 1 }, { jobId: 42, run: 'exit 0' });
  await until(() => told.includes('4 begun'));
  control.obey({ order: 'cancel', jobId: '42', time });
  await until(() => told.filter((line) => line.includes(' ended ')).length === 4);
  const ends = told.filter((line) => line.includes(' ended ')).toSorted();
  assert.deepEqual(ends, ['3 ended cancelled', '4 ended completed', '5 ended cancelled', '6 ended completed']);
});

test('finished, and unknown: nothing', { timeout: 20_000 }, async (t) => {
  const { deliver, until, control, told, committer } = await started(t);
  deliver(0, 3, 'exit 0');
  await until(() => told.includes('3 ended completed'));
  const { length } = committer.records;
  control.obey(cancel(3));
  control.obey(cancel(99));
  await sleep(50);
  assert.equal(committer.records.length, length);
});

test('paused: what runs ends, what waits waits, until it is resumed', { timeout: 20_000 }, async (t) => {
  const { deliver, until, control, told, worker } = await started(t);
  deliver(0, 3, 'sleep 0.2');
  await until(() => told.includes('3 begun'));
  control.obey(tell('pause'));
  deliver(0, 4, 'exit 0');
  await until(() => told.includes('3 ended completed'));
  await sleep(200);
  assert.deepEqual([told.includes('4 begun'), worker.status().partitions.length], [false, 2]);
  control.obey(tell('resume'));
  await until(() => told.includes('4 ended completed'));
});

test(
  'drained: what runs ends, however long the shutdown time-out is, and the worker ends',
  { timeout: 20_000 },
  async (t) => {
    const { deliver, until, control, told, running } = await started(t, { shutdownTimeoutMs: 1 });
    deliver(0, 3, 'sleep 0.5');
    deliver(0, 4, 'exit 0');
    await until(() => told.includes('3 begun'));
    control.obey(tell('drain'));
    await running;
    assert.deepEqual(told, ['3 begun', '3 ended completed']);
  },
);

test('a storm of cancelled jobs behind one that runs does not outgrow the metadata', { timeout: 20_000 }, async (t) => {
  const { deliver, until, control, told, committer } = await started(t);
  deliver(0, 0, 'sleep 60');
  await until(() => told.includes('0 begun'));
  // Far apart, so that each is a range of its own, and long.
  const offsets = Array.from({ length: 600 }, (_, index) => 1_000_000 + index * 1_000_003);
  for (const offset of offsets) {
    deliver(0, offset, 'exit 0');
    deliver(0, offset + 1, 'exit 0');
    control.obey(cancel(offset));
  }
  await until(() => told.length > 100);
  await sleep(200);
  const longest = Math.max(...committer.positions.map(({ metadata }) => metadata.length));
  assert.ok(longest <= 4_095, `${longest} characters`);
  control.obey(cancel(0));
  for (const offset of offsets) control.obey(cancel(offset + 1));
  await until(() => told.filter((line) => line.endsWith(' ended cancelled')).length >= 1_000);
});
