import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import type { RawRecord } from 'kafka-runner';
import { heldOriginal, isOriginal } from '../../../src/renderctl/retry/failed-job.ts';
import { FailedJobs } from '../../../src/renderctl/retry/failed-jobs.ts';
import { expectedSource, rounds } from '../../../src/renderctl/retry/originals.ts';
import { batches } from '../../../src/renderctl/retry/send-again.ts';
import { aFailedJob } from './a-failed-job.ts';

const jobFields = {
  kind: 'job',
  code: 'x',
  message: 'oh',
  topic: 'jobs',
  partition: 0,
  offset: 7,
  time: 'then',
  valueBytes: 2,
};

function errorRecord(value: unknown, offset = 0): RawRecord {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { topic: 'errors', partition: 0, offset, key: null, value: Buffer.from(text), headers: [] };
}

function known(...values: readonly unknown[]): FailedJobs {
  const failed = new FailedJobs('jobs');
  for (const [offset, value] of values.entries()) failed.add(errorRecord(value, offset));
  return failed;
}

test('log lines, jobs of other topics and what others wrote are no failed jobs', () => {
  const others = [
    { ...jobFields, kind: 'log' },
    { ...jobFields, topic: 'others' },
    'HELLO!',
    '',
    '[]',
    { kind: 'job' },
    null,
    `${'{"kind":'.repeat(50_000)}12345678901234567890${'}'.repeat(50_000)}`,
  ];
  assert.deepEqual(known(...others).all(), []);
  assert.deepEqual(known({ ...jobFields, kind: 'retry' }).all(), []);
});

test('one job with two error records is one job; it was sent when a mark says so', () => {
  const failed = known({ ...jobFields }, { ...jobFields, value: '{}', headers: {} });
  const [job, ...more] = failed.all();
  assert.ok(job);
  assert.deepEqual([more, job.records.map(({ offset }) => offset), job.isWhole], [[], [0, 1], true]);
  assert.equal(failed.wasSent(job), false);
  failed.add(errorRecord({ ...jobFields, kind: 'retry', offset: 8 }));
  assert.equal(failed.wasSent(job), false);
  failed.add(errorRecord({ ...jobFields, kind: 'retry' }));
  assert.equal(failed.wasSent(job), true);
});

test('an id of many digits is kept digit for digit', () => {
  const text = JSON.stringify(jobFields).replace('{', '{"jobId":9223372036854775807,');
  assert.equal(known(text).all()[0]?.jobId, '9223372036854775807');
  assert.equal(known({ ...jobFields, jobId: 'a name' }).all()[0]?.jobId, 'a name');
  assert.equal(known(jobFields).all()[0]?.jobId, undefined);
});

test('an error record holds the original when it has value and headers', () => {
  const held = (fields: object) => heldOriginal({ value: Buffer.from(JSON.stringify({ ...jobFields, ...fields })) });
  assert.deepEqual(held({ value: 'ö', headers: { a: 'b' } }), {
    value: Buffer.from('ö'),
    headers: [['a', Buffer.from('b')]],
  });
  assert.deepEqual(held({ valueBase64: '/wA=', headers: {} }), { value: Buffer.from([0xff, 0]), headers: [] });
  assert.deepEqual(held({ value: null, headers: {} }), { value: null, headers: [] });
  assert.equal(held({ value: '{}' }), undefined);
  assert.equal(held({ headers: {} }), undefined);
});

test('a record is the original when size and, where it is known, content agree', () => {
  const value = Buffer.from('0123456789');
  assert.equal(isOriginal(aFailedJob(), value), true);
  assert.equal(isOriginal(aFailedJob(), Buffer.from('0123')), false);
  assert.equal(isOriginal(aFailedJob({ checksum: crc32(value) }), value), true);
  assert.equal(isOriginal(aFailedJob({ checksum: crc32(value) }), Buffer.from('9876543210')), false);
  assert.equal(isOriginal(aFailedJob({ valueBytes: 0 }), null), true);
});

test('where the original is to be expected', () => {
  const range = { topic: 'jobs', partition: 0, start: 5, end: 10 };
  const at = (offset: number, isWhole: boolean) =>
    expectedSource(aFailedJob({ job: { topic: 'jobs', partition: 0, offset }, isWhole }), [range]);
  assert.deepEqual(
    [at(4, true), at(4, false), at(5, false), at(9, false), at(10, true)],
    ['error record', 'none', 'input topic', 'input topic', 'error record'],
  );
});

test('near offsets are read together, partitions side by side, each in its order', () => {
  const place = (partition: number, offset: number) => ({ topic: 'jobs', partition, offset });
  assert.deepEqual(rounds([place(0, 5_000), place(0, 3), place(1, 8), place(0, 100), place(0, 3)]), [
    [
      { topic: 'jobs', partition: 0, start: 3, end: 101 },
      { topic: 'jobs', partition: 1, start: 8, end: 9 },
    ],
    [{ topic: 'jobs', partition: 0, start: 5_000, end: 5_001 }],
  ]);
  assert.deepEqual(rounds([]), []);
});

test('batches are bounded in number and bytes, and leave nothing out', () => {
  const sizes = (jobs: ReturnType<typeof aFailedJob>[]): number[] => [...batches(jobs)].map(({ length }) => length);
  const small = Array.from({ length: 450 }, () => aFailedJob());
  const large = Array.from({ length: 5 }, () => aFailedJob({ valueBytes: 3_000_000 }));
  assert.deepEqual(sizes(small), [200, 200, 50]);
  assert.deepEqual(sizes(large), [2, 2, 1]);
  assert.deepEqual(sizes([aFailedJob({ valueBytes: 50_000_000 })]), [1]);
  assert.deepEqual(sizes([]), []);
});
