// Expected: `verify` takes the group's word for what is finished, also beyond its position, and demands a terminal record
// for it; a position that says nothing of the jobs is never taken for one that does.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeMetadata } from '../../../../kafka-runner/src/offsets/position-metadata.ts';
import { makeAnew } from './admin.ts';
import { CtlUnderTest, nameOf, type SentJob } from './ctl-under-test.ts';
import { storePosition } from './group-position.ts';
import { RawProducer } from './raw-producer.ts';

const newGroup = (): string => `group-${randomBytes(6).toString('hex')}`;

const someJobs = (count: number): { value: Buffer }[] =>
  Array.from({ length: count }, (_, id) => ({ value: Buffer.from(`{"jobId": ${id}}`) }));

test('finished beyond the position: lost without a terminal record; begun: in progress', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const jobs = await ctl.sendJobs(someJobs(10));
  const name = (offset: number): string => nameOf(jobs[offset] as SentJob);
  const group = newGroup();
  // 0 and 1 are over, 2 runs, 3 waits for another attempt, 4 and 6 to 8 are over, 5 and 9 wait.
  const metadata = encodeMetadata(2, {
    done: [
      { first: 4, last: 4 },
      { first: 6, last: 8 },
    ],
    attempts: new Map([
      [2, { count: 1, running: true }],
      [3, { count: 2, running: false }],
    ]),
  });
  await storePosition(ctl.servers, group, { topic: ctl.topics.jobs, offset: 2, metadata });
  await ctl.producer.send([0, 1, 4, 6].map((offset) => ctl.result(jobs[offset] as SentJob)));
  await ctl.fail([jobs[8] as SentJob]);
  const found = await ctl.verified('-g', group);
  assert.deepEqual([found.code, found.lost.examples], [1, [name(7)]]);
  assert.deepEqual(
    [found.inProgress.examples, found.waiting.examples],
    [
      [name(2), name(3)],
      [name(5), name(9)],
    ],
  );
  await ctl.producer.send([ctl.result(jobs[7] as SentJob)]);
  const { code, lost, doubled } = await ctl.verified('-g', group);
  assert.deepEqual([code, lost.count, doubled.count], [0, 0, 0]);
  assert.match((await ctl.verify('-g', group)).stdout, /2 │ jobs that were begun and are not over/);
});

test('what another tool has written beside an offset is taken as a plain offset', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const jobs = await ctl.sendJobs(someJobs(3));
  const group = newGroup();
  await storePosition(ctl.servers, group, { topic: ctl.topics.jobs, offset: 1, metadata: 'reset by hand' });
  const { code, lost, waiting } = await ctl.verified('-g', group);
  assert.deepEqual([code, lost.examples, waiting.count], [1, [nameOf(jobs[0] as SentJob)], 2]);
});

test('what a newer version has written is not guessed at', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  await ctl.sendJobs(someJobs(3));
  const group = newGroup();
  await storePosition(ctl.servers, group, { topic: ctl.topics.jobs, offset: 1, metadata: 'v2 something' });
  const { code, stdout, stderr } = await ctl.verify('-g', group);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /^kafka-renderctl verify: .*written by a newer Kafka Runner.*update this program.*\n$/);
});

test('a group without any position: nothing can be said, and a wrong name is not "clean"', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  assert.equal((await ctl.verified('-g', 'nobody')).code, 0, 'no jobs, nothing to say');
  await ctl.sendJobs(someJobs(1));
  const { code, stdout, stderr } = await ctl.verify('-g', 'nobody');
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /^kafka-renderctl verify: group nobody has no position on ctl-\w+\.jobs.*check the name.*\n$/);
});

test('two groups that each do every job: each job has ended twice', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const jobs = await ctl.sendJobs(someJobs(2));
  const groups = [newGroup(), newGroup()];
  for (const group of groups) {
    await storePosition(ctl.servers, group, { topic: ctl.topics.jobs, offset: 2 });
    await ctl.producer.send(jobs.map((job) => ctl.result(job)));
  }
  for (const group of groups) {
    const { code, doubled, lost } = await ctl.verified('-g', group);
    assert.deepEqual([code, doubled.examples, lost.count], [1, jobs.map(nameOf), 0]);
  }
});

test('the input topic was made anew: its jobs wait, and the position beyond its end is a fault', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  await ctl.sendJobs(someJobs(5));
  const group = newGroup();
  await storePosition(ctl.servers, group, { topic: ctl.topics.jobs, offset: 5 });
  await makeAnew(ctl.servers, ctl.topics.jobs);
  await ctl.producer.send([{ topic: ctl.topics.jobs, value: Buffer.from('{}') }]);
  // Making a topic anew also deletes its positions: workers that still ran have written theirs once more.
  await storePosition(ctl.servers, group, { topic: ctl.topics.jobs, offset: 5 });
  const { code, lost, waiting, beyondEnd } = await ctl.verified('-g', group);
  assert.deepEqual([code, lost.count, waiting.count], [1, 0, 1]);
  assert.deepEqual(beyondEnd.examples, [`${ctl.topics.jobs}/0@5`]);
  assert.match((await ctl.verify('-g', group)).stdout, /the topic was made anew/);
});

test('a position that a transaction is about to move is waited for', { timeout: 90_000 }, async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const [job] = (await ctl.sendJobs(someJobs(1))) as [SentJob];
  const group = newGroup();
  await storePosition(ctl.servers, group, { topic: ctl.topics.jobs, offset: 0 });
  await using worker = await RawProducer.connect(ctl.servers, ctl.topics.results);
  await worker.begin();
  await worker.send([ctl.result(job)]);
  await worker.sendPosition(group, { topic: ctl.topics.jobs, offset: 1 });
  const verified = ctl.verified('-g', group);
  // As long as the broker takes to end the transaction of a worker that has died.
  await sleep(20_000);
  await worker.commit();
  const { code, results, lost, waiting } = await verified;
  assert.deepEqual([code, results, lost.count, waiting.count], [0, 1, 0, 0]);
});
