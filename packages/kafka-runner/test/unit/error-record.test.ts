import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { jobErrorRecord, type ErrorRecordContext } from '../../src/error-record.ts';
import { FailedError, RejectedError } from '../../src/errors.ts';
import { stringifyJson, type JsonObject } from '../../src/json.ts';
import { aRecord } from './a-record.ts';

const context: ErrorRecordContext = { runner: 'test', attempts: 1, fields: {} };
const error = new RejectedError('message-not-json', 'the message is not JSON: oh');

function recordOf(value: Buffer | null, different: Partial<ErrorRecordContext> = {}): JsonObject {
  return jobErrorRecord(error, aRecord({ value }), { ...context, ...different });
}

const bytesOf = (record: JsonObject): number => Buffer.byteLength(stringifyJson(record));

test('says what happened to which job, where and when', () => {
  const fields = { jobId: 9223372036854775808n };
  const { time, ...record } = jobErrorRecord(error, aRecord({ partition: 3, offset: 7 }), {
    ...context,
    attempts: 2,
    fields,
  });
  assert.deepEqual(record, {
    jobId: 9223372036854775808n,
    kind: 'job',
    code: 'message-not-json',
    message: 'the message is not JSON: oh',
    topic: 'jobs',
    partition: 3,
    offset: 7,
    attempts: 2,
    value: '{"jobId": 1}',
    valueBytes: 12,
    headers: {},
    runner: 'test',
    host: hostname(),
  });
  assert.ok(Math.abs(Date.parse(String(time)) - Date.now()) < 60_000);
  assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/);
});

test('a sender cannot pass itself off as part of the record', () => {
  const record = recordOf(null, { fields: { kind: 'log', offset: 99, code: 'mine' } });
  assert.deepEqual([record['kind'], record['offset'], record['code']], ['job', 0, 'message-not-json']);
});

test('the message is kept byte for byte: as text, or in base64 when it is no text', () => {
  assert.equal(recordOf(Buffer.from('größe 日本'))['value'], 'größe 日本');
  const bytes = Buffer.from([0xff, 0x00, 0x80, 0x41]);
  const { value, valueBase64, valueBytes } = recordOf(bytes);
  assert.deepEqual([value, Buffer.from(String(valueBase64), 'base64'), valueBytes], [undefined, bytes, 4]);
});

test('headers are kept as they were sent, or not at all', () => {
  const headersOf = (headers: Readonly<Record<string, string>>): unknown =>
    jobErrorRecord(error, aRecord({ headers }), context)['headers'];
  assert.deepEqual(headersOf({ trace: 'größe', empty: '' }), { trace: 'größe', empty: '' });
  assert.equal(headersOf({ trace: Buffer.from([0xff]).toString('utf8') }), undefined);
  assert.equal(headersOf({ trace: 'x'.repeat(20_000) }), undefined);
});

test('no value is told from an empty one', () => {
  assert.deepEqual([recordOf(null)['value'], recordOf(null)['valueBytes']], [null, 0]);
  assert.deepEqual([recordOf(Buffer.alloc(0))['value'], recordOf(Buffer.alloc(0))['valueBytes']], ['', 0]);
});

test('a large value is left where it is: topic, partition and offset say where', () => {
  const { value, valueBase64, valueBytes } = recordOf(Buffer.alloc(20_000_000, 'x'));
  assert.deepEqual([value, valueBase64, valueBytes], [undefined, undefined, 20_000_000]);
});

test('stays below the megabyte that a broker takes, whatever a sender and a program do', () => {
  const controlCharacters = Buffer.alloc(250_000, 1);
  const fields = Object.fromEntries(
    ['jobId', 'scenePath', 'outputLocation'].map((name) => [name, '\u0001'.repeat(4_096)]),
  );
  const loud = new FailedError('command-failed', '\u0001'.repeat(1_000_000));
  for (const value of [
    controlCharacters,
    Buffer.alloc(190_000, 0xff),
    Buffer.alloc(40_000, 1),
    Buffer.from('日'.repeat(87_000)),
  ]) {
    const bytes = bytesOf(jobErrorRecord(loud, aRecord({ value }), { ...context, fields }));
    assert.ok(bytes < 900_000, `${bytes} bytes`);
  }
  const { value, valueBase64, valueBytes } = recordOf(controlCharacters);
  assert.deepEqual([value, valueBase64, valueBytes], [undefined, undefined, 250_000]);
});

test('a brief record names the job and the reason in little room', () => {
  const loud = new FailedError('command-failed', 'x'.repeat(1_000_000));
  const record = jobErrorRecord(loud, aRecord({ value: Buffer.alloc(5_000, 'x') }), {
    ...context,
    fields: { jobId: 5 },
    brief: true,
  });
  assert.deepEqual(
    [record['jobId'], record['code'], record['valueBytes'], record['value']],
    [5, 'command-failed', 5_000, undefined],
  );
  assert.ok(bytesOf(record) < 1_000);
});
