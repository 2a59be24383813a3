import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RejectedError } from 'kafka-runner';
import {
  formatRanges,
  defaultMaxFrames,
  frameRange,
  framesOf,
  highestFrame,
  rangesOf,
} from '../../../src/frames/frame-range.ts';

const refuses = (code: string, pattern: RegExp) => (error: Error) =>
  error instanceof RejectedError && error.code === code && pattern.test(error.message);

test('consecutive frames, both ends included', () => {
  assert.deepEqual(frameRange(7, 3), { first: 7, last: 9 });
  assert.deepEqual([...framesOf(frameRange(7, 3))], [7, 8, 9]);
  assert.deepEqual([...framesOf(frameRange(0, 1))], [0]);
});

test('as many frames as allowed, and one more', () => {
  assert.equal(frameRange(1, defaultMaxFrames).last, defaultMaxFrames);
  assert.throws(() => frameRange(1, defaultMaxFrames + 1), refuses('too-many-frames', /100001.*100000/));
  assert.throws(() => frameRange(1, 1_000_000_000), refuses('too-many-frames', /1000000000/));
  assert.throws(() => frameRange(1, 11, 10), refuses('too-many-frames', /11.*10/));
});

test("up to Blender's last frame, and beyond it", () => {
  assert.equal(frameRange(highestFrame, 1).last, 1_048_574);
  assert.throws(() => frameRange(highestFrame, 2), refuses('frame-out-of-range', /1048575/));
  assert.throws(() => frameRange(2 ** 60, 1), refuses('frame-out-of-range', /1048574/));
});

test('no frames, and frames before the first', () => {
  assert.throws(() => frameRange(1, 0), refuses('frame-out-of-range', /1 to 0/));
  assert.throws(() => frameRange(-1, 1), refuses('frame-out-of-range', /-1 to -1/));
});

test('frames in ranges, and as Blender is told them', () => {
  const ranges = rangesOf([1, 2, 3, 7, 9, 10]);
  assert.deepEqual(ranges, [
    { first: 1, last: 3 },
    { first: 7, last: 7 },
    { first: 9, last: 10 },
  ]);
  assert.equal(formatRanges(ranges), '1-3,7,9-10');
  assert.deepEqual(rangesOf([]), []);
});
