import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseFrames, splitFrames } from '../../../src/renderctl/submit/frame-parts.ts';

test('frames', () => {
  assert.deepEqual(parseFrames('7'), { first: 7, last: 7 });
  assert.deepEqual(parseFrames('0'), { first: 0, last: 0 });
  assert.deepEqual(parseFrames('1-250'), { first: 1, last: 250 });
  for (const wrong of ['', '-', '7-', '-7', '9-1', '1-2-3', '1,3', '1.5', 'all', '12345678']) {
    assert.equal(parseFrames(wrong), undefined, wrong);
  }
});

test('an animation becomes so many jobs, or jobs of so many frames', () => {
  const range = { first: 1, last: 10 };
  assert.deepEqual(splitFrames(range, {}), [range]);
  assert.deepEqual(splitFrames(range, { jobs: 3 }), [
    { first: 1, last: 3 },
    { first: 4, last: 6 },
    { first: 7, last: 10 },
  ]);
  assert.deepEqual(splitFrames(range, { chunk: 4 }), [
    { first: 1, last: 4 },
    { first: 5, last: 8 },
    { first: 9, last: 10 },
  ]);
  assert.equal(splitFrames(range, { jobs: 50 }).length, 10);
  assert.throws(() => splitFrames(range, { jobs: 2, chunk: 2 }), /--jobs and --chunk/);
});

test('whatever the split, each frame is in exactly one job, in order', () => {
  const ways = fc.oneof(fc.record({ jobs: fc.integer({ min: 1 }) }), fc.record({ chunk: fc.integer({ min: 1 }) }));
  fc.assert(
    fc.property(fc.nat(5_000), fc.nat(2_000), ways, (first, more, split) => {
      const parts = splitFrames({ first, last: first + more }, split);
      const frames = parts.flatMap((part) =>
        Array.from({ length: part.last - part.first + 1 }, (_, at) => part.first + at),
      );
      assert.deepEqual(
        frames,
        Array.from({ length: more + 1 }, (_, at) => first + at),
      );
      assert.ok(parts.every((part) => part.first <= part.last));
    }),
  );
});
