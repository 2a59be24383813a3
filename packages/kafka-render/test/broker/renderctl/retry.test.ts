// Expected: `retry` shows what it would do; with --send each failed job is sent again byte for byte, once, however often
// it is called; from the error record where retention has taken the job; and it says so where nothing is left of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import kafka from '@confluentinc/kafka-javascript';
import { markOf } from '../../../src/renderctl/retry/send-again.ts';
import { CtlUnderTest, nameOf, runCtl, type SentJob } from './ctl-under-test.ts';
import { RawProducer } from './raw-producer.ts';

/** Whatever a sender may have written. */
const strangeJobs = [
  { value: Buffer.from('{"jobId": 1}'), key: Buffer.from('a key'), headers: [['trace', 'one']] },
  {
    value: Buffer.from([0xff, 0x00, 0x80, 0x41]),
    key: Buffer.from([0xfe, 0x00]),
    headers: [['raw', Buffer.from([0xff, 0, 1])]],
  },
  { value: null },
  { value: Buffer.alloc(0), key: Buffer.alloc(0), headers: [['empty', '']] },
  {
    value: Buffer.alloc(500_000, 'x'),
    headers: [
      ['twice', 'one'],
      ['twice', 'two'],
    ],
  },
] as const;

function assertSame(
  record: { key: Buffer | null; value: Buffer | null; headers: readonly unknown[] },
  job: SentJob,
): void {
  const headers = (job.headers ?? []).map(([name, content]) => [name, Buffer.from(content)]);
  assert.deepEqual(record.key, job.key ?? null);
  assert.ok(record.value === null ? job.value === null : job.value !== null && record.value.equals(job.value));
  assert.deepEqual(record.headers, [...headers, ['retry-of', Buffer.from(nameOf(job))]]);
}

test('a dry run sends nothing and shows what would be sent', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const jobs = await ctl.sendJobs(strangeJobs);
  await ctl.fail(jobs);
  const { code, stdout } = await ctl.retry();
  assert.equal(code, 0);
  for (const job of jobs) assert.ok(stdout.includes(nameOf(job)), stdout);
  assert.match(stdout, /command-failed.*it failed/);
  assert.match(stdout, /5 to be sent, from the input topic; nothing was sent: --send does it/);
  assert.deepEqual(await ctl.retried(), []);
});

test('sent again byte for byte, to the same partition, once', async (t) => {
  const ctl = await CtlUnderTest.open(t, { partitions: 2 });
  const jobs = await ctl.sendJobs(strangeJobs.map((job, index) => ({ ...job, partition: index % 2 })));
  await ctl.fail(jobs);
  const first = await ctl.retry('--send');
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /5 sent$/m);
  const second = await ctl.retry('--send');
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, /5 sent before$/m);
  assert.match((await ctl.retry()).stdout, /5 sent before; nothing was sent/);
  const retried = await ctl.retried();
  assert.equal(retried.length, jobs.length);
  for (const job of jobs) {
    const found = retried.find(({ of }) => of === nameOf(job));
    assert.ok(found, nameOf(job));
    assert.equal(found.record.partition, job.partition);
    assertSame(found.record, job);
  }
});

test('a retried job that failed again can be retried again; it names the one before it', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const [job] = await ctl.sendJobs([strangeJobs[0]]);
  assert.ok(job);
  await ctl.fail([job]);
  await ctl.retry('--send');
  const [again] = await ctl.retried();
  assert.ok(again);
  await ctl.fail([{ ...again.record, topic: ctl.topics.jobs }]);
  assert.match((await ctl.retry('--send')).stdout, /1 sent before, 1 sent$/m);
  assert.match((await ctl.retry('--send')).stdout, /2 sent before$/m);
  const retried = await ctl.retried();
  assert.deepEqual(
    retried.map(({ of }) => of),
    [nameOf(job), nameOf(again.record)],
  );
  assert.deepEqual(
    retried[1]?.record.headers.map(([name]) => name),
    ['trace', 'retry-of'],
  );
});

test('filters', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const jobs = await ctl.sendJobs([1, 2, 3].map((jobId) => ({ value: Buffer.from(`{"jobId": ${jobId}}`) })));
  const [one, two, three] = jobs as [SentJob, SentJob, SentJob];
  await ctl.fail([one], { code: 'scene-not-found' });
  await ctl.fail([two, three]);
  const shown = async (...options: string[]): Promise<string[]> => {
    const { code, stdout } = await ctl.retry(...options);
    assert.equal(code, 0);
    return jobs.map(nameOf).filter((name) => stdout.includes(name));
  };
  assert.deepEqual(await shown('--code', 'scene-not-found'), [nameOf(one)]);
  assert.deepEqual(await shown('--job-id', '1001,1002'), [nameOf(two), nameOf(three)]);
  assert.deepEqual(await shown('--job', nameOf(three)), [nameOf(three)]);
  assert.deepEqual(await shown('--since', '1h', '--code', 'command-failed'), [nameOf(two), nameOf(three)]);
  assert.deepEqual(await shown('--until', '1h'), []);
  const { stdout } = await ctl.retry('--code', 'scene-missing');
  assert.equal(stdout, 'no such job, of 3 that failed with: command-failed, scene-not-found\n');
  assert.match((await ctl.retry('--send', '--code', 'scene-not-found')).stdout, /1 sent$/m);
  assert.deepEqual(
    (await ctl.retried()).map(({ of }) => of),
    [nameOf(one)],
  );
});

test('retention has taken the jobs: from the error record where it holds all, else it says so and exits with 1', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const whole = { value: Buffer.from([0xff, 1]), key: Buffer.from('k'), headers: [['trace', 'größe']] } as const;
  const jobs = await ctl.sendJobs([whole, { value: Buffer.alloc(400_000, 'x') }, { value: Buffer.from('{}') }]);
  await ctl.fail(jobs.slice(0, 2));
  await ctl.fail(jobs.slice(2), { brief: true });
  await deleteRecords(ctl, 3);
  assert.match((await ctl.retry()).stdout, /1 to be sent, from the error record \(retention.*2 gone: retention/);
  const { code, stdout } = await ctl.retry('--send');
  assert.equal(code, 1);
  assert.match(stdout, /2 gone: retention has taken the original.*1 sent, from the error record/);
  const second = await ctl.retry('--send');
  assert.match(second.stdout, /1 sent before, 2 gone/);
  // Also when retention has taken what was sent: the mark stands behind the error record.
  await deleteRecords(ctl, 4);
  assert.match((await ctl.retry('--send')).stdout, /1 sent before, 2 gone/);
  await ctl.producer.send([{ topic: ctl.topics.jobs, value: Buffer.from('later') }]);
  assert.deepEqual(await ctl.retried(), []);
});

test('what retention has taken comes back from the error record as it was', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const whole = { value: Buffer.from([0xff, 1]), key: Buffer.from('k'), headers: [['trace', 'größe']] } as const;
  const [job] = await ctl.sendJobs([whole]);
  assert.ok(job);
  await ctl.fail([job]);
  await deleteRecords(ctl, 1);
  await ctl.retry('--send');
  const [retried] = await ctl.retried();
  assert.ok(retried);
  assertSame(retried.record, job);
});

test('one job that the topic does not take any more does not hold the others back', async (t) => {
  const ctl = await CtlUnderTest.open(t, { config: { 'max.message.bytes': '100000' } });
  // With its new header it is just beyond the limit.
  const room = 100_000 - 100;
  const jobs = await ctl.sendJobs([
    { value: Buffer.from('1') },
    { value: Buffer.alloc(room, 'x') },
    { value: Buffer.from('3') },
  ]);
  await ctl.fail(jobs, { brief: true });
  const { code, stdout, stderr } = await ctl.retry('--send');
  assert.equal(code, 1, stderr);
  assert.match(stdout, /not sent: larger than the topic takes/);
  assert.deepEqual(
    (await ctl.retried()).map(({ of }) => of),
    [jobs[0], jobs[2]].map((job) => nameOf(job as SentJob)),
  );
});

test('another record stands where the job was (the topic was made anew): it is not taken for the job', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const [job] = await ctl.sendJobs([{ value: Buffer.from('{"jobId": 7}') }]);
  assert.ok(job);
  await ctl.fail([{ ...job, value: Buffer.from('{"jobId": 8}') }]);
  assert.match((await ctl.retry('--send')).stdout, /1 sent, from the error record/);
  assert.equal((await ctl.retried())[0]?.record.value?.toString(), '{"jobId": 8}');
});

test("an open transaction of somebody else's is waited for: marks of what was sent may stand behind it", async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const [job] = await ctl.sendJobs([{ value: Buffer.from('{}') }]);
  assert.ok(job);
  await ctl.fail([job]);
  await using worker = await RawProducer.connect(ctl.servers, `${ctl.topics.errors}.worker`);
  await worker.begin();
  await worker.send([{ topic: ctl.topics.errors, value: Buffer.from('{"kind": "log"}') }]);
  const mark = markOf({ job, jobId: undefined });
  await ctl.producer.send([{ topic: ctl.topics.errors, value: Buffer.from(JSON.stringify(mark)) }]);
  const retry = ctl.retry('--send');
  await sleep(3_000);
  await worker.commit();
  assert.match((await retry).stdout, /1 sent before$/m);
  assert.deepEqual(await ctl.retried(), []);
});

/** As retention does it. */
async function deleteRecords(ctl: CtlUnderTest, offset: number): Promise<void> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': ctl.servers.join(',') });
  try {
    await new Promise<void>((resolve, reject) => {
      const upTo = [{ topic: ctl.topics.jobs, partition: 0, offset }];
      admin.deleteRecords(upTo, { timeout: 10_000 }, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    admin.disconnect();
  }
}

test('before the first error there is no error topic: nothing to do, and verify says what is missing', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const { jobs, results } = ctl.topics;
  const none = [...ctl.servers, '-e', `${jobs}.none`];
  const [retry, json, verify] = await Promise.all([
    runCtl(['retry', jobs, ...none, '--send']),
    runCtl(['retry', jobs, ...none, '--json']),
    runCtl(['verify', jobs, results, ...none]),
  ]);
  assert.deepEqual([retry.code, retry.stderr], [0, '']);
  assert.match(
    retry.stdout,
    /^nothing to do: there is no topic ctl-\w+\.jobs\.none yet, which the first error makes; /,
  );
  assert.deepEqual([json.code, json.stdout], [0, '{"jobs":[]}\n'], json.stderr);
  assert.equal(verify.code, 2);
  assert.match(verify.stderr, /jobs\.none does not exist.*the first error of a worker makes the error topic/);
});

test('--json: the same jobs, as one line', async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const [first] = await ctl.sendJobs([{ value: Buffer.from('1') }]);
  await ctl.fail([first as SentJob]);
  const { code, stdout, stderr } = await ctl.retry('--json');
  assert.equal(code, 0, stderr);
  const { jobs } = JSON.parse(stdout) as { jobs: readonly Record<string, unknown>[] };
  assert.deepEqual(
    jobs.map(({ job, jobId, code: why, what }) => [job, jobId, why, what]),
    [[nameOf(first as SentJob), '1000', 'command-failed', 'to be sent, from the input topic']],
  );
});
