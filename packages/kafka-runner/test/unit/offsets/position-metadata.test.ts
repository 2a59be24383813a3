import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../../../src/errors.ts';
import { decodeMetadata, encodeMetadata, type PositionMetadata } from '../../../src/offsets/position-metadata.ts';

const positions = fc.nat({ max: 2 ** 50 });

/** Anything that a ledger can say, relative to the position. */
const sayings = fc.record({
  done: fc.array(fc.record({ first: fc.nat(), more: fc.nat({ max: 3 }) })),
  attempts: fc.array(fc.record({ offset: fc.nat(), count: fc.nat({ max: 100 }), running: fc.boolean() })),
});

function at(position: number, { done, attempts }: typeof sayings extends fc.Arbitrary<infer T> ? T : never) {
  return {
    done: done.map(({ first, more }) => ({ first: position + first, last: position + first + more })),
    attempts: new Map(attempts.map(({ offset, ...known }) => [position + offset, known])),
  } satisfies PositionMetadata;
}

test('is short, and empty when there is nothing to say', () => {
  const done = [
    { first: 102, last: 102 },
    { first: 105, last: 140 },
  ];
  const attempts = new Map([
    [100, { count: 1, running: true }],
    [103, { count: 2, running: false }],
  ]);
  assert.equal(encodeMetadata(100, { done, attempts }), 'v1 d2,5-14 a0:1!,3:2');
  assert.equal(encodeMetadata(100, { done: [], attempts }), 'v1 a0:1!,3:2');
  assert.equal(encodeMetadata(100, { done, attempts: new Map() }), 'v1 d2,5-14');
  assert.equal(encodeMetadata(100, { done: [], attempts: new Map() }), '');
});

test('what was encoded is decoded to the same', () => {
  fc.assert(
    fc.property(positions, sayings, (position, saying) => {
      const metadata = at(position, saying);
      assert.deepEqual(decodeMetadata(position, encodeMetadata(position, metadata)), metadata);
    }),
  );
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
    'v1 d1 a0:1! and more',
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
