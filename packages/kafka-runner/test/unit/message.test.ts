import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RejectedError } from '../../src/errors.ts';
import { decodeMessage } from '../../src/message.ts';
import { aRecord } from './a-record.ts';

const maxBytes = 1_000_000;

function decode(value: string | Buffer | null): unknown {
  return decodeMessage(aRecord({ value: typeof value === 'string' ? Buffer.from(value) : value }), maxBytes).value;
}

function assertRejected(value: string | Buffer | null, code: string, message = /the message/): void {
  assert.throws(
    () => decode(value),
    (error) => error instanceof RejectedError && error.code === code && message.test(error.message),
    `${code} was expected`,
  );
}

test('JSON is decoded', () => {
  assert.deepEqual(decode('{"jobId": 7, "scenePath": "größe/日本.blend"}'), {
    jobId: 7,
    scenePath: 'größe/日本.blend',
  });
  assert.deepEqual(decode('[1, 2]'), [1, 2]);
  assert.equal(decode('null'), null);
});

test('JSON that was encoded twice is decoded twice, and no more often', () => {
  const job = { jobId: 7, name: 'a "quoted" name' };
  assert.deepEqual(decode(JSON.stringify(JSON.stringify(job))), job);
  assert.equal(decode(JSON.stringify(JSON.stringify(JSON.stringify('thrice')))), '"thrice"');
});

test('a jobId of more digits than a number holds keeps them, encoded once or twice', () => {
  const text = '{"jobId":9223372036854775808}';
  assert.deepEqual(decode(text), { jobId: 9223372036854775808n });
  assert.deepEqual(decode(JSON.stringify(text)), { jobId: 9223372036854775808n });
});

test('a plain string is a value too', () => {
  assert.equal(decode('"HELLO!"'), 'HELLO!');
  assert.equal(decode('""'), '');
});

test('a byte order mark is no part of the message', () => {
  assert.deepEqual(decode('\uFEFF{"jobId": 1}'), { jobId: 1 });
});

test('the record comes with its value', () => {
  const record = aRecord({ offset: 41 });
  assert.equal(decodeMessage(record, maxBytes).record, record);
});

test('no value, and an empty one', () => {
  assertRejected(null, 'message-empty');
  assertRejected('', 'message-empty');
});

test('what is not JSON, with what is wrong where', () => {
  assertRejected('HELLO!', 'message-not-json', /not JSON: .*HELLO!/);
  assertRejected('{"jobId": 1', 'message-not-json', /position 11/);
  assertRejected('   ', 'message-not-json');
});

test('what is not UTF-8', () => {
  assertRejected(Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'message-not-json', /not UTF-8/);
  assertRejected(Buffer.from('"größe"', 'latin1'), 'message-not-json', /not UTF-8/);
  assertRejected(Buffer.from('{"jobId": 1}', 'utf16le'), 'message-not-json');
});

test('a message of the greatest size is read, one byte more is not', () => {
  const fitting = JSON.stringify('x'.repeat(maxBytes - 2));
  assert.equal((decode(fitting) as string).length, maxBytes - 2);
  assertRejected(`${fitting} `, 'message-too-large', /1000001 bytes; at most 1000000/);
});

test('nesting of thousands of levels is rejected, not a crash: arrays, objects, with a big number, encoded twice', () => {
  const arrays = (levels: number, inner = ''): string => '['.repeat(levels) + inner + ']'.repeat(levels);
  const objects = '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000);
  const [deep, deepBig] = [arrays(10_000), arrays(10_000, '12345678901234567890')];
  for (const text of [deep, deepBig, objects, JSON.stringify(deep), JSON.stringify(deepBig), arrays(499_000)]) {
    assertRejected(text, 'message-too-deep', /more than 500 levels/);
  }
  assert.ok(Array.isArray(decode(arrays(500))));
  assertRejected(arrays(501), 'message-too-deep');
});
