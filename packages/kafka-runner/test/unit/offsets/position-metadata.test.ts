import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../../../src/errors.ts';
import { decodeMetadata, encodeMetadata } from '../../../src/offsets/position-metadata.ts';

test('is short, and empty when there is nothing to say', () => {
  const done = [
    { first: 102, last: 102 },
    { first: 105, last: 140 },
  ];
  assert.equal(encodeMetadata(100, { done, attempts: new Map() }), 'v1 d2,5-14');
  assert.equal(encodeMetadata(100, { done: [], attempts: new Map() }), '');
});

test('no metadata says nothing; the text of another tool is not ours', () => {
  assert.deepEqual(decodeMetadata(5, ''), { done: [], attempts: new Map() });
  for (const text of [
    'reset by hand',
    'v1',
    'v1 ',
    'v1 d',
    'v1 x3',
    'v1 d1 d2',
    'V1 d1',
    'v1 d1 and more',
    '{"v":1}',
  ]) {
    assert.equal(decodeMetadata(5, text), undefined, text);
  }
  fc.assert(fc.property(fc.string(), (text) => text === '' || decodeMetadata(5, text) === undefined));
});

test('what a later version has written stops the worker: finished jobs would be done again', () => {
  for (const text of ['v2 d1', 'v10 anything']) {
    assert.throws(
      () => decodeMetadata(5, text),
      (error) => error instanceof ConfigError && /newer Kafka Runner/.test(error.message),
    );
  }
});
