import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, InterruptedError, RejectedError, UnavailableError } from '../../src/errors.ts';
import { finishJob } from '../../src/finish-job.ts';
import type { EndedJob } from '../../src/job-flow.ts';
import { toEarlyEnd, type Outcome } from '../../src/outcome.ts';
import { aRecord } from './a-record.ts';
import { jobUnderTest, type JobUnderTest } from './job-under-test.ts';

const completed: Outcome = { kind: 'completed', response: '{"sum":"0"}', headers: {} };
const failed = toEarlyEnd(new FailedError('command-failed', 'the command exited with 3'));
const tooLarge = new FailedError('record-too-large', 'send to out: too large');

/** A job whose attempt is the last that it may have. */
const lastAttempt = (): JobUnderTest => jobUnderTest({}, aRecord(), 2);

function ended(outcome: Outcome, { delivery }: JobUnderTest): EndedJob {
  return { ...delivery, fields: { jobId: 9223372036854775808n }, outcome };
}

async function finish(outcome: Outcome, job = jobUnderTest()): Promise<JobUnderTest> {
  await finishJob(ended(outcome, job), job.context);
  return job;
}

test('completed: the response and the offset, together', async () => {
  const { committer, lines } = await finish(completed);
  assert.deepEqual(committer.story, ['out {"sum":"0"} + jobs/0@1']);
  assert.deepEqual(
    lines.map(({ level, message }) => [level, message]),
    [['info', 'completed']],
  );
});

test('a response bears the key of its job, says which one it was, and what the runner adds', async () => {
  const job = jobUnderTest({}, aRecord({ partition: 3, offset: 7, key: Buffer.from('a key') }), 1);
  await finish({ ...completed, headers: { device: 'CPU', 'job-offset': 'made up' } }, job);
  const { key, headers } = job.committer.records[0] ?? assert.fail();
  assert.equal(String(key), 'a key');
  assert.deepEqual(headers, {
    'job-topic': 'jobs',
    'job-partition': '3',
    'job-offset': '7',
    attempt: '2',
    worker: 'host-1',
    device: 'CPU',
    'seconds-queued': '2.000000',
    'seconds-total': '2.000000',
  });
});

test('a trace goes on in the record that ends the job, unless its runner takes part in it', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const headers = { traceparent, tracestate: 'rojo=1', other: 'x' };
  for (const outcome of [completed, toEarlyEnd(new RejectedError('bad', 'bad'))]) {
    const { committer } = await finish(outcome, jobUnderTest({}, aRecord({ headers })));
    const sent = committer.records[0]?.headers ?? {};
    assert.deepEqual([sent['traceparent'], sent['tracestate'], sent['other']], [traceparent, 'rojo=1', undefined]);
  }
  const own = { ...completed, headers: { traceparent: 'of its own' } };
  const { committer } = await finish(own, jobUnderTest({}, aRecord({ headers })));
  assert.equal(committer.records[0]?.headers?.['traceparent'], 'of its own');
});

test('completed without a response, or without a topic for it: the offset alone', async () => {
  assert.deepEqual((await finish({ ...completed, response: undefined })).committer.story, ['jobs/0@1']);
  const job = jobUnderTest();
  await finishJob(ended(completed, job), { ...job.context, outTopic: undefined });
  assert.deepEqual(job.committer.story, ['jobs/0@1']);
});

test('ignored: the offset alone', async () => {
  assert.deepEqual((await finish({ kind: 'ignored' })).committer.story, ['jobs/0@1']);
});

test('rejected, and failed for good: an error record that names the job, and the offset', async () => {
  for (const error of [new RejectedError('message-not-json', 'oh'), new FailedError('output-too-large', 'oh')]) {
    const { committer } = await finish(toEarlyEnd(error));
    assert.deepEqual(committer.story, [`errors ${error.code} + jobs/0@1`]);
    const { value, headers } = committer.records[0] ?? assert.fail();
    assert.match(String(value), /"jobId":9223372036854775808,"kind":"job"/);
    assert.partialDeepStrictEqual(headers, { 'job-offset': '0', 'seconds-queued': '2.000000' });
  }
});

test('an error record says what the runner has said of the job until then', async () => {
  const job = jobUnderTest();
  const headers = { device: 'GPU', 'job-offset': 'made up' };
  await finishJob({ ...ended(toEarlyEnd(new RejectedError('oh', 'oh')), job), headers }, job.context);
  assert.partialDeepStrictEqual(job.committer.records[0]?.headers, { device: 'GPU', 'job-offset': '0' });
});

test('failed, and another attempt may help: no record, the attempt counts, and the job comes again', async () => {
  const job = jobUnderTest();
  const again: EndedJob[] = [];
  await finishJob(ended(failed, job), { ...job.context, tryAgain: (one) => (again.push(one), 1_500) });
  assert.deepEqual(job.committer.story, ['jobs/0@0']);
  assert.deepEqual([again[0]?.record.offset, again.length], [0, 1]);
  assert.deepEqual(job.found(), { count: 1, running: false });
  assert.deepEqual(
    job.lines.map(({ level, message }) => [level, message]),
    [['warn', 'attempt 1 failed, another one in 1.5 s: the command exited with 3']],
  );
});

test('failed at the last attempt: one error record that says how many there were', async () => {
  const { committer, found } = await finish(failed, lastAttempt());
  assert.deepEqual(committer.story, ['errors command-failed + jobs/0@1']);
  assert.match(String(committer.records[0]?.value), /"attempts":3/);
  assert.equal(found(), undefined);
});

test('an attempt that has achieved something lasting is not the last', async () => {
  const job = lastAttempt();
  job.delivery.owned.ledger.progress(0);
  await finish(failed, job);
  assert.deepEqual(job.committer.story, ['jobs/0@0']);
});

test('the author says what is tried again', async () => {
  const isTriedAgain = ({ code }: FailedError): boolean => code !== 'command-failed';
  const { committer } = await finish(failed, jobUnderTest({ isTriedAgain }));
  assert.deepEqual(committer.story, ['errors command-failed + jobs/0@1']);
});

test('given up: an error record that counts the attempts that were made', async () => {
  const job = jobUnderTest();
  const outcome = toEarlyEnd(new FailedError('gave-up', 'given up'));
  await finishJob({ ...ended(outcome, job), attempt: 4 }, job.context);
  assert.deepEqual(job.committer.story, ['errors gave-up + jobs/0@1']);
  assert.match(String(job.committer.records[0]?.value), /"attempts":3/);
});

test('unavailable and interrupted: no record, the job is kept, and the attempt does not count', async () => {
  for (const error of [new UnavailableError('storage-unreachable', 'oh'), new InterruptedError('shutdown', 'oh')]) {
    const { committer, delivery } = await finish(toEarlyEnd(error), jobUnderTest({}, aRecord(), 1));
    assert.deepEqual(committer.story, [], 'the group knows nothing else');
    assert.equal(delivery.owned.ledger.attempts(0).count, 1);
  }
});

test('an error topic that is away keeps the job until it is back', { timeout: 10_000 }, async () => {
  const job = lastAttempt();
  let tries = 0;
  job.committer.answer = () => {
    tries += 1;
    if (tries < 2) throw new UnavailableError('broker-unreachable', 'away');
  };
  await finish(failed, job);
  assert.deepEqual([tries, job.committer.story], [2, ['errors command-failed + jobs/0@1']]);
});

test('a response that is too large is how the job failed: one error record says so', async () => {
  const job = jobUnderTest();
  job.committer.answer = ({ records }) => {
    if (records.some(({ topic }) => topic === 'out')) throw tooLarge;
  };
  await finish(completed, job);
  assert.deepEqual(job.committer.story, ['errors record-too-large + jobs/0@1']);
  assert.deepEqual(
    job.lines.map(({ message }) => message),
    ['failed: send to out: too large'],
  );
});

test('an error record that is too large gives way to a brief one, without key and value', async () => {
  const job = jobUnderTest({}, aRecord({ key: Buffer.alloc(1_000), value: Buffer.alloc(1_000, 'x') }), 2);
  job.committer.answer = ({ records }) => {
    if (records.some(({ value }) => value.length > 800)) throw tooLarge;
  };
  await finish(failed, job);
  assert.deepEqual(job.committer.story, ['errors command-failed + jobs/0@1']);
  const { key, value } = job.committer.records[0] ?? assert.fail();
  assert.equal(key, null);
  assert.match(String(value), /"valueBytes":1000/);
});

test('a commit that fails for a reason of ours is thrown, and never adds a terminal record', async () => {
  const job = jobUnderTest();
  job.committer.answer = () => {
    throw new Error('a bug');
  };
  await assert.rejects(finish(completed, job), /a bug/);
  assert.deepEqual(job.committer.story, []);
});

test("a partition that becomes another worker's before the commit: the job is kept, and no error", async () => {
  const job = jobUnderTest();
  const finished = finish(completed, job);
  job.lose();
  job.close();
  await finished;
  assert.deepEqual(job.committer.story, []);
  assert.match(String(job.lines.at(-1)?.['message']), /interrupted, the job is kept: .*jobs\/0/);
});

test('a shutdown does not wait for ever for a broker that does not answer', { timeout: 10_000 }, async () => {
  const interrupted = toEarlyEnd(new InterruptedError('shutdown', 'stopped'));
  for (const outcome of [completed, failed, interrupted]) {
    const job = jobUnderTest();
    job.committer.answer = () => new Promise(() => {});
    const finished = finish(outcome, job);
    setImmediate(() => job.settlements.giveUp(new InterruptedError('shutdown', 'stopped by SIGTERM')));
    await finished;
    const says = outcome === interrupted ? /the job is kept: stopped$/ : /the job is kept: stopped by SIGTERM/;
    assert.match(String(job.lines.at(-1)?.['message']), says);
  }
});

test('cancelled: one record, whatever the author tries again', async () => {
  const job = jobUnderTest({ isTriedAgain: () => true });
  const { committer } = await finish(toEarlyEnd(new FailedError('cancelled', 'by order')), job);
  assert.deepEqual(committer.story, ['errors cancelled + jobs/0@1']);
});
