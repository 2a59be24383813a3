// Expected: `verify` finds every job that is lost, done twice, waiting or never sent, and nothing else; transactions, also
// aborted ones, leave gaps in the offsets that are nobody's jobs; the exit code says whether all is clean.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtlUnderTest, nameOf, runCtl, type SentJob } from './ctl-under-test.ts';
import { storePosition } from './group-position.ts';
import { RawProducer } from './raw-producer.ts';

const someJobs = (count: number, partitions = 1): { partition: number; value: Buffer }[] =>
  Array.from({ length: count }, (_, id) => ({ partition: id % partitions, value: Buffer.from(`{"jobId": ${id}}`) }));

test('all jobs have ended, one way or the other: clean', async (t) => {
  const ctl = await CtlUnderTest.open(t, { partitions: 3 });
  const jobs = await ctl.sendJobs(someJobs(30, 3));
  await ctl.producer.send(jobs.slice(0, 20).map((job) => ctl.result(job)));
  await ctl.fail(jobs.slice(20));
  await ctl.producer.send([{ topic: ctl.topics.errors, value: Buffer.from('{"kind": "log", "offset": 3}') }]);
  await ctl.producer.send([{ topic: ctl.topics.errors, value: Buffer.from('not JSON') }]);
  const { code, clean, jobs: count, results, errors } = await ctl.verified();
  assert.deepEqual([code, clean, count, results, errors], [0, true, 30, 20, 10]);
  const { stdout } = await ctl.verify();
  assert.match(stdout, /30 │ jobs/);
  assert.match(stdout, /^clean$/m);
});

test('lost below the position of the group, waiting above it; without a group nobody can tell', async (t) => {
  const ctl = await CtlUnderTest.open(t, { partitions: 2 });
  const jobs = await ctl.sendJobs(someJobs(8, 2));
  // Partition 0 holds 0, 2, 4, 6; position 3 is above all but its last one. Nothing is committed for partition 1.
  const group = `group-${randomBytes(6).toString('hex')}`;
  await storePosition(ctl.servers, group, { topic: ctl.topics.jobs, offset: 3 });
  await ctl.producer.send([0, 4].map((index) => ctl.result(jobs[index] as SentJob)));
  const found = await ctl.verified('-g', group);
  assert.deepEqual([found.code, found.lost.examples], [1, [nameOf(jobs[2] as SentJob)]]);
  assert.deepEqual(
    found.waiting.examples,
    [6, 1, 3, 5, 7].map((index) => nameOf(jobs[index] as SentJob)),
  );
  const { code, unmatched, lost } = await ctl.verified('--examples', '2');
  assert.deepEqual([code, unmatched.count, unmatched.examples.length, lost.count], [1, 6, 2, 0]);
  await ctl.producer.send([ctl.result(jobs[2] as SentJob)]);
  assert.equal((await ctl.verified('-g', group)).code, 0, 'only waiting ones: clean');
});

test('done twice, of a job that nobody sent, and without a name', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const jobs = await ctl.sendJobs(someJobs(3));
  const [one, two, three] = jobs as [SentJob, SentJob, SentJob];
  await ctl.producer.send([one, two, three, one, one].map((job) => ctl.result(job)));
  await ctl.fail([two]);
  const place = { topic: ctl.topics.jobs, partition: 0, offset: 99 };
  await ctl.producer.send([
    ctl.result(place),
    ctl.result({ ...place, partition: 7 }),
    ctl.result({ ...place, topic: 'another' }),
  ]);
  await ctl.producer.send([{ topic: ctl.topics.results, value: Buffer.from('{}') }]);
  const found = await ctl.verified();
  assert.equal(found.code, 1);
  assert.deepEqual(found.doubled, { count: 2, examples: [nameOf(one), nameOf(two)] });
  assert.deepEqual(found.unknown.examples, [nameOf(place), nameOf({ ...place, partition: 7 })]);
  assert.deepEqual(found.nameless.examples, [`${ctl.topics.results}/0@8`]);
  assert.deepEqual([found.ofOtherTopics, found.lost.count, found.unmatched.count], [1, 0, 0]);
  assert.match((await ctl.verify()).stdout, /NOT clean/);
});

test('transactions: aborted records are no jobs and no results, markers are no jobs, a result of a gap is unknown', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  await using sender = await RawProducer.connect(ctl.servers, ctl.topics.jobs);
  const { jobs: topic } = ctl.topics;
  const job = { topic, value: Buffer.from('{}') };
  // 0 job, 1 marker, 2 aborted, 3 marker, 4 job, 5 marker
  for (const end of ['commit', 'abort', 'commit'] as const) {
    await sender.begin();
    await sender.send([job]);
    await sender[end]();
  }
  const result = (offset: number) => ctl.result({ topic, partition: 0, offset });
  await sender.begin();
  await sender.send([result(0)]);
  await sender.abort();
  await sender.begin();
  await sender.send([result(0), result(4)]);
  await sender.commit();
  const clean = await ctl.verified();
  assert.deepEqual([clean.code, clean.jobs, clean.results, clean.doubled.count], [0, 2, 2, 0]);
  await ctl.producer.send([result(2), result(5)]);
  assert.deepEqual((await ctl.verified()).unknown.examples, [`${topic}/0@2`, `${topic}/0@5`]);
});

test('a result in a transaction that is still open is waited for', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const [job] = (await ctl.sendJobs(someJobs(1))) as [SentJob];
  await using worker = await RawProducer.connect(ctl.servers, ctl.topics.results);
  await worker.begin();
  await worker.send([ctl.result(job)]);
  const verified = ctl.verified();
  await sleep(2_000);
  await worker.commit();
  assert.equal((await verified).code, 0);
});

test('one topic for results and errors', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const { jobs: inTopic, results } = ctl.topics;
  const jobs = await ctl.sendJobs(someJobs(2));
  await ctl.producer.send([ctl.result(jobs[0] as SentJob), { ...ctl.errorRecord(jobs[1] as SentJob), topic: results }]);
  const { code, stdout } = await runCtl(['verify', inTopic, results, ...ctl.servers, '-e', results, '--json']);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /"results":1,"errors":1/);
});

test('a topic is missing, no broker, wrong options: one clear line and a code of its own', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const { jobs, results } = ctl.topics;
  const missing = await runCtl(['verify', jobs, 'no.such.topic', ...ctl.servers, '-e', ctl.topics.errors]);
  assert.deepEqual([missing.code, missing.stdout], [2, '']);
  assert.match(missing.stderr, /^kafka-renderctl verify: topic no\.such\.topic does not exist.*\n$/);
  const noBroker = await runCtl(['verify', jobs, results, '127.0.0.1:1', '--connect-timeout', '1']);
  assert.equal(noBroker.code, 3);
  assert.match(noBroker.stderr, /no Kafka broker answered at 127\.0\.0\.1:1/);
  assert.equal((await runCtl(['verify', jobs])).code, 2);
  assert.equal((await runCtl(['verify', jobs, results, 'x:1', '--examples', 'many'])).code, 2);
  assert.equal((await runCtl(['retry', jobs, ...ctl.servers, '--since', 'yesterday'])).code, 2);
  assert.equal((await runCtl(['retry', jobs, ...ctl.servers, '-e', jobs])).code, 2);
});
