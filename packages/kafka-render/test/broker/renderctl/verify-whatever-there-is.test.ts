// Expected: whatever stands in the topics, `verify` reads it to its end and says what it is worth; nothing that retention
// took undone passes for done.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deleteRecords } from './admin.ts';
import { CtlUnderTest, nameOf, runCtl, type SentJob } from './ctl-under-test.ts';
import { storePosition } from './group-position.ts';

const deep = Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
const deepWithDigits = Buffer.from(`${'{"kind":'.repeat(50_000)}12345678901234567890${'}'.repeat(50_000)}`);

const nonsense: readonly (Buffer | null)[] = [
  null,
  Buffer.alloc(0),
  Buffer.from('not JSON'),
  Buffer.from([0, 0, 0, 0, 0, 0]),
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.from('null'),
  Buffer.from('"{\\"kind\\": \\"job\\"}"'),
  Buffer.from('[{"kind": "job"}]'),
  Buffer.from('{"kind": 7}'),
  Buffer.from('{"kind": "trace", "topic": "t", "partition": 0, "offset": 0}'),
  deep,
  deepWithDigits,
];

test('nonsense on every topic', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const jobs = await ctl.sendJobs(nonsense.map((value) => ({ value })));
  await ctl.producer.send(jobs.map((job) => ctl.result(job)));
  await ctl.producer.send(nonsense.map((value) => ({ topic: ctl.topics.errors, value })));
  const clean = await ctl.verified();
  assert.deepEqual([clean.code, clean.jobs, clean.results, clean.errors], [0, jobs.length, jobs.length, 0]);

  await ctl.producer.send(nonsense.map((value) => ({ topic: ctl.topics.results, value })));
  await ctl.producer.send([{ topic: ctl.topics.errors, value: Buffer.from('{"kind": "job", "offset": "7"}') }]);
  const headers = (topic: string, partition: string, offset: string) =>
    Object.entries({ 'job-topic': topic, 'job-partition': partition, 'job-offset': offset });
  const { topic } = jobs[0] as SentJob;
  await ctl.producer.send(
    [
      headers(topic, '0', '-1'),
      headers(topic, '0x0', '1'),
      headers(topic, '0', ''),
      headers('\u001b[31m', '0', '1'),
    ].map((named) => ({ topic: ctl.topics.results, value: null, headers: named })),
  );
  const { code, nameless, unknown, doubled, ofOtherTopics } = await ctl.verified();
  assert.deepEqual([code, nameless.count, unknown.count, doubled.count], [1, nonsense.length + 4, 0, 0]);
  assert.equal(ofOtherTopics, 1);
  await ctl.producer.send([
    { topic: ctl.topics.results, value: null, headers: headers(topic, '999999999999999', '999999999999999') },
  ]);
  assert.deepEqual((await ctl.verified()).unknown.examples, [`${topic}/999999999999999@999999999999999`]);

  const { code: retryCode, stdout } = await ctl.retry();
  assert.deepEqual([retryCode, stdout], [0, 'no job has failed\n'], 'retry reads the same error topic');
});

test('empty topics', async (t) => {
  const ctl = await CtlUnderTest.open(t, { partitions: 2 });
  const { code, clean, jobs } = await ctl.verified();
  assert.deepEqual([code, clean, jobs], [0, true, 0]);
});

test('retention has taken jobs: their results are no fault', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const jobs = await ctl.sendJobs(Array.from({ length: 5 }, () => ({ value: Buffer.from('{}') })));
  await ctl.producer.send(jobs.map((job) => ctl.result(job)));
  await deleteRecords(ctl.servers, ctl.topics.jobs, 3);
  const { code, jobs: count, jobTaken } = await ctl.verified();
  assert.deepEqual([code, count, jobTaken.count], [0, 2, 3]);
});

test('retention has taken jobs before the position came to them: a fault, but for what is known to be over', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const jobs = await ctl.sendJobs(Array.from({ length: 8 }, () => ({ value: Buffer.from('{}') })));
  const group = `group-${randomBytes(6).toString('hex')}`;
  // Of the five that retention takes, 0 and 1 are below the position, 2 has ended since, 3 is finished beyond it.
  await storePosition(ctl.servers, group, { topic: ctl.topics.jobs, offset: 2, metadata: 'v1 d1' });
  await ctl.producer.send([0, 1, 2, 3].map((offset) => ctl.result(jobs[offset] as SentJob)));
  await deleteRecords(ctl.servers, ctl.topics.jobs, 5);
  const { code, expired, lost, waiting } = await ctl.verified('-g', group);
  assert.deepEqual([code, lost.count, waiting.count], [1, 0, 3]);
  assert.deepEqual(expired, { count: 1, examples: [`${nameOf(jobs[2] as SentJob)}-4`] });
  assert.match((await ctl.verify('-g', group)).stdout, /retention has taken before the group's position came to them/);
  await storePosition(ctl.servers, group, { topic: ctl.topics.jobs, offset: 5 });
  assert.equal((await ctl.verified('-g', group)).code, 0);
});

test('names that no topic can have', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  for (const name of ['two words', 'x'.repeat(300), '..', 'jobs/0@1']) {
    const { code, stdout, stderr } = await runCtl([
      'verify',
      name,
      ctl.topics.results,
      ...ctl.servers,
      '-e',
      ctl.topics.errors,
    ]);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, /^kafka-renderctl verify: topic .* does not exist, or you may not describe it.*\n$/);
  }
});
