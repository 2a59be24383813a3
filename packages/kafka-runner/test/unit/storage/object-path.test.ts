import assert from 'node:assert/strict';
import { resolve, sep } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { RejectedError } from '../../../src/errors.ts';
import { localPathOf } from '../../../src/storage/local-path.ts';
import { formatObjectPath, joinKey, parseObjectPath, parseObjectPrefix } from '../../../src/storage/object-path.ts';

const GOOD_KEYS = [
  'scene.blend',
  'a/b/c.blend',
  ' blanks at the ends ',
  '100%.blend',
  '%2e%2e/%2e%2e/x',
  '-b --python x.blend',
  '日本/ü/🎬.blend',
  'e\u0301',
  `'"\`$(x);&|<>*?`,
  '...',
  '.hidden',
  '..x/x..',
  'a/.. /b',
  'n'.repeat(255),
  `${'d/'.repeat(500)}${'f'.repeat(24)}`,
];

const BAD_KEYS: [key: string, fault: RegExp][] = [
  ['/x', /empty segment/],
  ['a//b', /empty segment/],
  ['a/', /empty segment/],
  ['.', /segment "\."/],
  ['a/./b', /segment "\."/],
  ['..', /segment "\.\."/],
  ['../x', /segment "\.\."/],
  ['a/../../x', /segment "\.\."/],
  ['a/..', /segment "\.\."/],
  ['a\0b', /control character/],
  ['a\nb', /control character/],
  ['a\tb', /control character/],
  ['a\u007fb', /control character/],
  ['a\u0085b', /control character/],
  ['a\\b', /backslash/],
  ['..\\x', /backslash/],
  ['x\ud83c', /Unicode/],
  ['n'.repeat(256), /segments has more than 255 bytes/],
  ['ü'.repeat(128), /segments has more than 255 bytes/],
  [`${'d/'.repeat(500)}${'f'.repeat(25)}`, /more than 1024 bytes/],
];

const BAD_BUCKETS: [bucket: string, fault: RegExp][] = [
  ['', /without a bucket/],
  ['ab', /3 to 63/],
  ['a'.repeat(64), /3 to 63/],
  ['Scenes', /only a-z/],
  ['my_bucket', /only a-z/],
  ['-abc', /only a-z/],
  ['abc-', /only a-z/],
  ['.abc', /only a-z/],
  ['a b', /only a-z/],
  ['...', /only a-z/],
  ['bücket', /only a-z/],
  ['abc\n', /only a-z/],
  ['a..b', /two dots/],
  ['192.168.0.1', /IP address/],
];

function badPath(fault: RegExp) {
  return (error: unknown) =>
    error instanceof RejectedError && error.code === 'bad-object-path' && fault.test(error.message);
}

for (const key of GOOD_KEYS) {
  test(`takes the key ${JSON.stringify(key).slice(0, 40)} literally`, () => {
    assert.deepEqual(parseObjectPath(`scenes/${key}`), { bucket: 'scenes', key });
    assert.deepEqual(parseObjectPrefix(`scenes/${key}/`), { bucket: 'scenes', key });
    assert.equal(formatObjectPath({ bucket: 'scenes', key }), `scenes/${key}`);
  });
}

for (const [key, fault] of BAD_KEYS) {
  test(`refuses the key ${JSON.stringify(key).slice(0, 40)}`, () => {
    assert.throws(() => parseObjectPath(`scenes/${key}`), badPath(fault));
    assert.throws(() => localPathOf('/folder', key), badPath(fault));
    if (key !== 'a/') assert.throws(() => parseObjectPrefix(`scenes/${key}`), badPath(fault));
  });
}

for (const [bucket, fault] of BAD_BUCKETS) {
  test(`refuses the bucket ${JSON.stringify(bucket).slice(0, 40)}`, () => {
    assert.throws(() => parseObjectPath(`${bucket}/x`), badPath(fault));
    assert.throws(() => parseObjectPrefix(bucket), badPath(fault));
  });
}

test('accepts buckets at the edges of the rules', () => {
  for (const bucket of ['abc', 'a'.repeat(63), '1.2.3', 'a-b.c', '192.168.0.1x']) {
    assert.equal(parseObjectPath(`${bucket}/x`).bucket, bucket);
  }
});

test('an object path needs a key', () => {
  assert.throws(() => parseObjectPath('scenes'), badPath(/names no object/));
  assert.throws(() => parseObjectPath('scenes/'), badPath(/names no object/));
  assert.throws(() => parseObjectPath(''), badPath(/without a bucket/));
});

test('a prefix may be the bucket alone, and loses one slash at its end', () => {
  assert.deepEqual(parseObjectPrefix('frames'), { bucket: 'frames', key: '' });
  assert.deepEqual(parseObjectPrefix('frames/'), { bucket: 'frames', key: '' });
  assert.deepEqual(parseObjectPrefix('frames/a/b/'), { bucket: 'frames', key: 'a/b' });
  assert.throws(() => parseObjectPrefix('frames/a//'), badPath(/empty segment/));
  assert.throws(() => parseObjectPrefix('frames//'), badPath(/empty segment/));
});

test('joins keys, checking the result', () => {
  assert.equal(joinKey('', '0001.png'), '0001.png');
  assert.equal(joinKey('a/b', 'left/0001.png'), 'a/b/left/0001.png');
  assert.throws(() => joinKey('a', '../x'), badPath(/segment/));
  assert.throws(() => joinKey('d/'.repeat(509) + 'd', '0001.png'), badPath(/1024 bytes/));
});

test('the message names the path on one line, and is bounded', () => {
  assert.throws(() => parseObjectPath('scenes/a\nb'), badPath(/"scenes\/a\\nb"/));
  const long = `scenes/${'x'.repeat(1_000_000)}`;
  assert.throws(
    () => parseObjectPath(long),
    (error: Error) => error.message.length < 500,
  );
});

test('nothing that is accepted leaves the folder it is put below', () => {
  const pieces = [
    '.',
    '..',
    '/',
    '//',
    '\\',
    '\0',
    '\n',
    'a',
    '-',
    '%2e',
    '%2f',
    ' ',
    'ü',
    '\u2025',
    '\u2215',
    'C:',
    '~',
  ];
  const keys = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
  let accepted = 0;
  const staysBelow = fc.property(keys, fc.constantFrom('/folder/below', 'relative', '/'), (text, folder) => {
    const key = acceptedKey(text);
    if (key === undefined) return;
    accepted += 1;
    assert.equal(key, text);
    const root = resolve(folder);
    assert.equal(localPathOf(folder, key), root === sep ? sep + key : root + sep + key);
  });
  fc.assert(staysBelow, { numRuns: 20_000 });
  assert.ok(accepted > 1000, `only ${accepted} keys were accepted`);
});

function acceptedKey(text: string): string | undefined {
  try {
    return parseObjectPath(`scenes/${text}`).key;
  } catch {
    return undefined;
  }
}
