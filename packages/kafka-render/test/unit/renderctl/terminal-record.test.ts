import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEither, readError, readResult } from '../../../src/renderctl/verify/terminal-record.ts';

const job = { topic: 'jobs', partition: 1, offset: 12 };
const named = (topic: string, partition: string, offset: string) =>
  (
    [
      ['worker', 'w'],
      ['job-topic', topic],
      ['job-partition', partition],
      ['job-offset', offset],
    ] as const
  ).map(([name, text]) => [name, Buffer.from(text)] as const);
const value = (fields: unknown): { value: Buffer; headers: [] } => ({
  value: Buffer.from(JSON.stringify(fields)),
  headers: [],
});

test('results name their job in their headers', () => {
  assert.deepEqual(readResult({ headers: named('jobs', '1', '12') }), { kind: 'result', job });
  for (const headers of [[], named('jobs', '1', ''), named('jobs', '-1', '2'), named('jobs', '1', '1e3')]) {
    assert.deepEqual(readResult({ headers }), { kind: 'nameless' });
  }
});

test('error records name their job in their fields; log lines and marks of retry end none', () => {
  assert.deepEqual(readError(value({ kind: 'job', ...job })), { kind: 'error', job });
  assert.deepEqual(readError(value({ kind: 'job', ...job, offset: -1 })), { kind: 'nameless' });
  for (const other of [{ kind: 'log', ...job }, { kind: 'retry', ...job }, 'text', null, []]) {
    assert.deepEqual(readError(value(other)), { kind: 'other' });
  }
  assert.deepEqual(readError({ value: Buffer.from('not JSON') }), { kind: 'other' });
  assert.deepEqual(readError({ value: null }), { kind: 'other' });
});

test('in one topic for both, each is what it is', () => {
  const result = { value: Buffer.from('{"renderJob": {}}'), headers: named('jobs', '1', '12') };
  assert.deepEqual(readEither(result), { kind: 'result', job });
  assert.deepEqual(readEither({ ...value({ kind: 'job', ...job }), headers: named('jobs', '1', '12') }), {
    kind: 'error',
    job,
  });
  assert.deepEqual(readEither(value({ kind: 'log' })), { kind: 'other' });
});
