import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameOfKey, keyWindows } from '../../../src/delivery/frame-keys.ts';

const windows = (location: string, first: number, last: number) =>
  keyWindows(location, { first, last }).map(({ prefix, startAfter }) => [prefix, startAfter]);

test('one frame: nothing but its own keys', () => {
  assert.deepEqual(windows('out/1', 7, 7), [['out/1/0007', 'out/1/0007']]);
});

test('a range: what its numbers have in common', () => {
  assert.deepEqual(windows('out', 120, 150), [['out/01', 'out/0120']]);
  assert.deepEqual(windows('', 0, 9_999), [['', '0000']]);
});

test('frames of more digits have windows of their own, since names sort as text', () => {
  assert.deepEqual(windows('out', 9_998, 100_001), [
    ['out/999', 'out/9998'],
    ['out/', 'out/10000'],
    ['out/10000', 'out/100000'],
  ]);
  assert.equal(keyWindows('out', { first: 1_048_574, last: 1_048_574 }).length, 1);
});

test('a listing ends behind the last frame, whatever is called like it', () => {
  const [window] = keyWindows('out', { first: 1, last: 12 });
  const behind = ['out/0012.png', 'out/0012_R.png', 'out/0012z', 'out/0013.png', 'out/0013', 'out/x', 'out/ä'];
  assert.deepEqual(
    behind.map((key) => window?.isBehind(key)),
    [false, false, false, true, true, true, true],
  );
});

test('every key of the range is within a window, and none but those has a frame', () => {
  const range = { first: 9_990, last: 10_010 };
  for (let frame = 9_980; frame < 10_020; frame += 1) {
    const key = `a/b/${frame}_L.exr`;
    const isInside = keyWindows('a/b', range).some(
      ({ prefix, startAfter, isBehind }) => key.startsWith(prefix) && key > startAfter && !isBehind(key),
    );
    const isOwn = frame >= range.first && frame <= range.last;
    assert.equal(frameOfKey('a/b', key, range), isOwn ? frame : undefined);
    if (isOwn) assert.ok(isInside, key);
  }
});

test('what is no main file of a frame', () => {
  const range = { first: 0, last: 2_000 };
  for (const name of ['0007', '007.png', '00007.png', '0007/a.png', 'a0007.png', '0007_L', '.png', '2001.png']) {
    assert.equal(frameOfKey('out', `out/${name}`, range), undefined, name);
  }
  assert.equal(frameOfKey('', '0007.png', range), 7);
});
