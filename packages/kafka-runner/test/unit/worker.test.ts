import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMetadata } from '../../src/offsets/position-metadata.ts';
import { RestartError } from '../../src/restart-error.ts';
import { aPartition } from './a-partition.ts';
import { workerUnderTest, type WorkerUnderTest } from './worker-under-test.ts';

const limit = { timeout: 20_000 };

/** Runs a worker until `then` has seen what it wants. */
async function run(under: WorkerUnderTest, then: () => Promise<void>): Promise<void> {
  const running = under.worker.run();
  await under.until(() => under.lines.some(({ message }) => message === 'partitions assigned'));
  await then();
  under.worker.stop('test');
  await running;
}

const results = ({ committer }: WorkerUnderTest): string[] => committer.records.map(({ value }) => String(value));

/** How many commands have been begun. */
function commands({ lines }: WorkerUnderTest): number {
  return lines.filter(({ message }) => message === 'runs').length;
}

test('jobs are done, and their positions move', limit, async (t) => {
  const under = await workerUnderTest(t, { concurrency: 2 });
  await run(under, async () => {
    for (const offset of [0, 1, 2]) under.deliver(0, offset, `exit 0 # ${offset}`);
    await under.until(() => results(under).length === 3);
  });
  assert.deepEqual(
    results(under).toSorted(),
    [0, 1, 2].map((offset) => `{"ran":"exit 0 # ${offset}"}`),
  );
  const { offset, metadata } = under.committer.positions.at(-1) ?? assert.fail();
  assert.deepEqual([offset, metadata], [3, '']);
});

test('the begin of the next job shares the commit of the end of this one', limit, async (t) => {
  const under = await workerUnderTest(t);
  await run(under, async () => {
    for (const offset of [0, 1]) under.deliver(0, offset, 'true');
    await under.until(() => results(under).length === 2);
  });
  assert.deepEqual(under.committer.story, [
    'jobs/0@0',
    'out {"ran":"true"} + jobs/0@1',
    'out {"ran":"true"} + jobs/0@2',
  ]);
});

test('a job that fails is tried again, and ends with one record', limit, async (t) => {
  const under = await workerUnderTest(t, { maxAttempts: 3, retryDelayMs: 1 });
  await run(under, async () => {
    under.deliver(0, 0, 'exit 3');
    await under.until(() => results(under).length > 0);
  });
  assert.match(String(results(under)), /"code":"command-failed".*"attempts":3/);
  assert.equal(under.committer.story.at(-1), 'error.log command-failed + jobs/0@1');
});

test('others go on while a job waits for its next attempt', limit, async (t) => {
  const under = await workerUnderTest(t, { retryDelayMs: 60_000 });
  await run(under, async () => {
    under.deliver(0, 0, 'exit 3');
    under.deliver(0, 1, 'true');
    await under.until(() => results(under).length > 0);
  });
  assert.equal(under.committer.story.at(-1), 'out {"ran":"true"} + jobs/0@0');
});

test('a job over which workers died too often is given up', limit, async (t) => {
  const attempts = new Map([[0, { count: 2, running: true }]]);
  const metadata = encodeMetadata(0, { done: [], attempts });
  const under = await workerUnderTest(t, { maxAttempts: 2 }, [{ metadata }]);
  await run(under, async () => {
    under.deliver(0, 0, 'true');
    await under.until(() => results(under).length > 0);
  });
  assert.match(String(results(under)), /"code":"gave-up".*"attempts":2/);
});

test('a job over which a worker died runs alone', limit, async (t) => {
  const metadata = encodeMetadata(0, { done: [], attempts: new Map([[0, { count: 1, running: true }]]) });
  const under = await workerUnderTest(t, { concurrency: 2 }, [{ metadata }, {}]);
  await run(under, async () => {
    under.deliver(0, 0, 'sleep 0.3');
    under.deliver(1, 0, 'true');
    await under.until(() => results(under).length === 2);
  });
  assert.deepEqual(results(under), ['{"ran":"sleep 0.3"}', '{"ran":"true"}']);
});

test('what is finished already is not done again, and the position goes past it', limit, async (t) => {
  const metadata = encodeMetadata(0, { done: [{ first: 1, last: 1 }], attempts: new Map() });
  const under = await workerUnderTest(t, {}, [{ metadata }]);
  await run(under, async () => {
    for (const offset of [0, 1]) under.deliver(0, offset, 'true');
    await under.until(() => results(under).length > 0);
  });
  assert.equal(under.committer.story.at(-1), 'out {"ran":"true"} + jobs/0@2');
  assert.equal(results(under).length, 1);
});

test('a revoked partition: its job is stopped and handed back before it belongs to somebody else', limit, async (t) => {
  const under = await workerUnderTest(t, { concurrency: 2 });
  const jobs = [{ topic: 'jobs', partition: 0 }];
  await run(under, async () => {
    under.deliver(0, 0, 'sleep 60');
    under.deliver(0, 1, 'true');
    await under.until(() => results(under).length === 1);
    await under.kafka().revoked(jobs);
    under.deliver(0, 2, 'true');
  });
  const { owned } = aPartition(under.committer.positions.at(-1));
  const found = [0, 1, 2].map((offset) => owned.ledger.deliver(offset));
  assert.deepEqual(
    found.map((attempts) => attempts && { ...attempts }),
    [{ count: 0, running: false }, undefined, { count: 0, running: false }],
  );
  assert.equal(results(under).length, 1);
});

test('a shutdown hands back what does not end in time', limit, async (t) => {
  const under = await workerUnderTest(t, { shutdownTimeoutMs: 100 });
  await run(under, async () => {
    under.deliver(0, 0, 'sleep 60');
    under.deliver(0, 1, 'true');
    await under.until(() => under.committer.story.length === 1);
  });
  assert.deepEqual([results(under), under.committer.positions.at(-1)?.metadata], [[], '']);
  assert.ok(under.lines.some(({ message }) => /job is kept: stopped by test/.test(String(message))));
});

test('a slot that fails hands the jobs of the others back before the worker ends', limit, async (t) => {
  const under = await workerUnderTest(t, { concurrency: 2 });
  under.committer.answer = ({ records }) => {
    if (records.length > 0) throw new Error('a bug');
  };
  const failing = run(under, async () => {
    under.deliver(1, 0, 'sleep 60');
    await under.until(() => commands(under) === 1);
    under.deliver(0, 0, 'true');
    // One that has not begun when the worker stops is handed back.
    await under.until(() => commands(under) === 2);
  });
  await assert.rejects(failing, /a bug/);
  assert.deepEqual(results(under), [], 'the innocent job has no record');
  assert.deepEqual(
    under.committer.positions.map(({ offset }) => offset).filter((offset) => offset > 0),
    [],
    'and no offset moved',
  );
  assert.ok(under.lines.some(({ message }) => /job is kept: the worker has failed/.test(String(message))));
});

test('ready while the group counts it in, also without partitions', limit, async (t) => {
  const { worker, health, kafka, lines, until } = await workerUnderTest(t);
  assert.equal(health.ready().isGood, false);
  const running = worker.run();
  await until(() => lines.some(({ message }) => message === 'partitions assigned'));
  assert.equal(health.ready().isGood, true);
  kafka().lost([{ topic: 'jobs', partition: 0 }]);
  assert.deepEqual([health.ready().isGood, health.ready().status], [false, 'joining']);
  kafka().assigned([]);
  assert.equal(health.ready().isGood, true);
  worker.stop('the test');
  await running;
});

test('a consumer that cannot go on ends the worker', limit, async (t) => {
  const under = await workerUnderTest(t);
  const failing = run(under, async () => under.kafka().failed(new Error('fenced')));
  await assert.rejects(failing, /fenced/);
});

test('a worker that is stalled hands its jobs back and asks for a new consumer', limit, async (t) => {
  const under = await workerUnderTest(t, { concurrency: 2, stallTimeoutMs: 1_000, shutdownTimeoutMs: 0 });
  // One that notices nothing would go on for ever.
  t.after(() => under.worker.stop('test'));
  under.ends.push({ topic: 'jobs', partition: 1, offset: 1, metadata: '' });
  const stalled = assert.rejects(under.worker.run(), RestartError);
  await under.until(() => under.lines.some(({ message }) => message === 'partitions assigned'));
  under.deliver(0, 0, 'sleep 60');
  await stalled;
  assert.deepEqual(under.lines.find(({ code }) => code === 'stalled')?.['undelivered'], ['jobs/1@1']);
  assert.deepEqual(results(under), []);
  const { owned } = aPartition(under.committer.positions.at(-1));
  assert.deepEqual({ ...owned.ledger.deliver(0) }, { count: 0, running: false }, 'its attempt does not count');
});
