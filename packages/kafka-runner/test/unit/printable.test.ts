import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable, printableDecoded, printableJson } from '../../src/printable.ts';

/** Escape sequences in seven and eight bits, a line that looks like one of ours, text that reads backwards. */
const orders = [
  '\u001b[2J',
  '\u009b31m',
  '\u0007',
  '\r',
  '\n{"level":"error"}',
  '\u202eabc',
  '\u2028',
  '\u0000',
  '\u007f',
];
const isHarmless = (text: string): boolean => !/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u.test(text);

test('a text is shown on one line, and gives no orders', () => {
  for (const order of orders) assert.ok(isHarmless(printable(`a${order}b`)), JSON.stringify(order));
  assert.equal(printable('a\u001b[31m\nb'), 'a\\u001b[31m\\u000ab');
  assert.equal(printable('größer, 日本語, 🎬'), 'größer, 日本語, 🎬');
});

test('JSON says the same as before', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const json = JSON.stringify(value);
      assert.ok(isHarmless(printableJson(json)));
      assert.deepEqual(JSON.parse(printableJson(json)), JSON.parse(json));
    }),
  );
});

test('what is decoded is harmless, too', () => {
  const text = fc.array(
    fc.oneof(fc.constantFrom(...orders, '\\', '"', '\\n', '\\u001b'), fc.string({ unit: 'binary' })),
  );
  fc.assert(
    fc.property(text, (parts) => {
      const { message } = JSON.parse(printableDecoded(JSON.stringify({ message: parts.join('') }))) as {
        message: string;
      };
      assert.ok(isHarmless(message), JSON.stringify(message));
    }),
  );
});

test('a stack keeps its lines', () => {
  const stack = 'Error: no\nlamp\n    at f (file.ts:1)\n    at g';
  const shown = JSON.parse(printableDecoded(JSON.stringify(stack))) as string;
  assert.equal(shown, 'Error: no\\nlamp\n    at f (file.ts:1)\n    at g');
});
