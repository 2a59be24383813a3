import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMetadata, encodeMetadata } from '../../../src/storage/object-metadata.ts';

const VALUES = [
  '',
  'plain',
  'two  blanks',
  'a,b;"c"',
  'ü 日本 🎬',
  'line\nbreak',
  ' blanks ',
  '=?UTF-8?B?w7w=?=',
  '100%',
  '\u007f',
];

for (const value of VALUES) {
  test(`${JSON.stringify(value)} travels as printable ASCII and comes back`, () => {
    const encoded = encodeMetadata({ name: value });
    assert.match(encoded['name'] ?? '', /^([!-~]([ -~]*[!-~])?)?$/);
    assert.deepEqual(decodeMetadata(encoded), { name: value });
  });
}

test('values that need nothing are sent as they are', () => {
  assert.deepEqual(encodeMetadata({ frame: '7', scene: 'scenes/a b.blend' }), {
    frame: '7',
    scene: 'scenes/a b.blend',
  });
});

test('what others wrote is left alone', () => {
  assert.deepEqual(decodeMetadata({ a: '=?UTF-8?q?=C3=BC?=', b: '=?UTF-8?B?' }), {
    a: '=?UTF-8?q?=C3=BC?=',
    b: '=?UTF-8?B?',
  });
});
