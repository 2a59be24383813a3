import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProducedRecord } from '../../src/broker/port.ts';
import { FailedError, InterruptedError, RejectedError, UnavailableError } from '../../src/errors.ts';
import { finishJob } from '../../src/finish-job.ts';
import type { EndedJob } from '../../src/job-flow.ts';
import { toEarlyEnd, type Outcome } from '../../src/outcome.ts';
import { aRecord } from './a-record.ts';
import { jobUnderTest, type JobUnderTest } from './job-under-test.ts';

const completed: Outcome = { kind: 'completed', response: '{"sum":"0"}', headers: {} };
const failed = toEarlyEnd(new FailedError('command-failed', 'the command exited with 3'));
const tooLarge = new FailedError('record-too-large', 'send to out: too large');

function ended(outcome: Outcome, { delivery }: JobUnderTest): EndedJob {
  return { ...delivery, fields: { jobId: 9223372036854775808n }, outcome };
}

async function finish(outcome: Outcome, job = jobUnderTest()): Promise<JobUnderTest> {
  await finishJob(ended(outcome, job), job.context);
  return job;
}

test('completed: the response, then the offset', async () => {
  const { broker, lines } = await finish(completed);
  assert.deepEqual(broker.story, ['out {"sum":"0"}', 'jobs/0@1']);
  assert.deepEqual(
    lines.map(({ level, message }) => [level, message]),
    [['info', 'completed']],
  );
});

test('a response bears the key of its job, says which one it was, and what the runner adds', async () => {
  const job = jobUnderTest({}, aRecord({ partition: 3, offset: 7, key: Buffer.from('a key') }));
  await finish({ ...completed, headers: { device: 'CPU', 'job-offset': 'made up' } }, job);
  const { key, headers } = job.broker.written[0] as ProducedRecord;
  assert.equal(String(key), 'a key');
  assert.deepEqual(headers, {
    'job-topic': 'jobs',
    'job-partition': '3',
    'job-offset': '7',
    attempt: '1',
    worker: 'host-1',
    device: 'CPU',
  });
});

test('completed without a response, or without a topic for it: the offset alone', async () => {
  assert.deepEqual((await finish({ ...completed, response: undefined })).broker.story, ['jobs/0@1']);
  const job = jobUnderTest();
  const context = { ...job.context, outTopic: undefined };
  await finishJob(ended(completed, job), context);
  assert.deepEqual(job.broker.story, ['jobs/0@1']);
});

test('ignored: the offset alone', async () => {
  assert.deepEqual((await finish({ kind: 'ignored' })).broker.story, ['jobs/0@1']);
});

test('rejected and failed: an error record that names the job, then the offset', async () => {
  for (const error of [new RejectedError('message-not-json', 'oh'), new FailedError('command-failed', 'oh')]) {
    const { broker } = await finish(toEarlyEnd(error));
    assert.deepEqual(broker.story, [`errors ${error.code}`, 'jobs/0@1']);
    const { value, headers } = broker.written[0] as ProducedRecord;
    assert.match(String(value), /"jobId":9223372036854775808,"kind":"job"/);
    assert.equal(headers?.['job-offset'], '0');
  }
});

test('unavailable and interrupted: nothing is written, the job is kept', async () => {
  for (const error of [new UnavailableError('storage-unreachable', 'oh'), new InterruptedError('shutdown', 'oh')]) {
    const { broker, delivery } = await finish(toEarlyEnd(error));
    assert.deepEqual(broker.story, []);
    assert.equal(delivery.owned.ledger.position(), 0);
  }
});

test('the offset waits until the response is acknowledged', async () => {
  const job = jobUnderTest();
  const acknowledged = Promise.withResolvers<void>();
  job.broker.answer = (about) => ('value' in about ? acknowledged.promise : undefined);
  const finished = finish(completed, job);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(job.delivery.owned.ledger.position(), 0);
  acknowledged.resolve();
  await finished;
  assert.deepEqual(job.broker.story, ['out {"sum":"0"}', 'jobs/0@1']);
});

test('an error topic that is away keeps the job until it is back', async () => {
  const job = jobUnderTest();
  let tries = 0;
  job.broker.answer = () => {
    tries += 1;
    if (tries < 2) throw new UnavailableError('broker-unreachable', 'away');
  };
  await finish(failed, job);
  assert.deepEqual([tries, job.broker.story], [3, ['errors command-failed', 'jobs/0@1']]);
});

test('a response that is too large is how the job failed: one error record says so', async () => {
  const job = jobUnderTest();
  job.broker.answer = (about) => {
    if (about.topic === 'out') throw tooLarge;
  };
  await finish(completed, job);
  assert.deepEqual(job.broker.story, ['errors record-too-large', 'jobs/0@1']);
  assert.deepEqual(
    job.lines.map(({ message }) => message),
    ['failed: send to out: too large'],
  );
});

test('an error record that is too large gives way to a brief one, without key and value', async () => {
  const job = jobUnderTest({}, aRecord({ key: Buffer.alloc(1_000), value: Buffer.alloc(1_000, 'x') }));
  job.broker.answer = (about) => {
    if ('value' in about && about.value.length > 800) throw tooLarge;
  };
  await finish(failed, job);
  assert.deepEqual(job.broker.story, ['errors command-failed', 'jobs/0@1']);
  const { key, value } = job.broker.written[0] as ProducedRecord;
  assert.equal(key, null);
  assert.match(String(value), /"valueBytes":1000/);
});

test('a commit that fails for a reason of ours never adds a second terminal record', async () => {
  const job = jobUnderTest();
  job.broker.answer = (about) => {
    if (about.topic === 'jobs') throw new Error('a bug');
  };
  await assert.rejects(finish(completed, job), /a bug/);
  assert.deepEqual(job.broker.story, ['out {"sum":"0"}']);
});

test('a partition that is taken away while the response is sent: no offset, and no error', async () => {
  const job = jobUnderTest();
  job.broker.answer = () => job.revoke();
  await finish(completed, job);
  assert.ok(!job.broker.story.includes('jobs/0@1'));
  assert.match(String(job.lines.at(-1)?.['message']), /interrupted, the job is kept: .*jobs\/0/);
});

test(
  'a shutdown does not wait for a broker that does not answer: not for a record, not for a commit',
  { timeout: 10_000 },
  async () => {
    for (const silent of ['out', 'jobs']) {
      const job = jobUnderTest();
      job.broker.answer = ({ topic }) => (topic === silent ? new Promise(() => {}) : undefined);
      const finished = finish(completed, job);
      setImmediate(() => job.shutdown.abort(new InterruptedError('shutdown', 'stopped by SIGTERM')));
      await finished;
      assert.match(String(job.lines.at(-1)?.['message']), /the job is kept: stopped by SIGTERM/);
    }
  },
);
