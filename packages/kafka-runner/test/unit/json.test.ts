import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isJsonObject, parseJson, stringifyJson, withoutBigints } from '../../src/json.ts';

test('an integer that a number cannot hold comes back digit for digit', () => {
  for (const digits of ['9007199254740993', '-9007199254740993', '9223372036854775808', '1'.repeat(400)]) {
    assert.equal(parseJson(digits), BigInt(digits));
    assert.equal(
      stringifyJson(parseJson(`{"jobId": ${digits}, "of": [${digits}]}`)),
      `{"jobId":${digits},"of":[${digits}]}`,
    );
  }
});

test('every other number is what JSON.parse makes of it, also beside a big one', () => {
  const text = '[9007199254740991, -9007199254740991, 0.12345678901234567, 1e21, 12345678901234567.5, 0]';
  assert.deepEqual(parseJson(text), JSON.parse(text));
  assert.deepEqual(parseJson('[9007199254740993, 7, 0.5]'), [9007199254740993n, 7, 0.5]);
});

test('digits in a text or in the name of a property stay text', () => {
  const value = { '12345678901234567890': '12345678901234567890' };
  assert.deepEqual(parseJson(JSON.stringify(value)), value);
});

test('any JSON value survives parsing and printing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => stringifyJson(parseJson(JSON.stringify(value))) === JSON.stringify(value)),
  );
});

test('any integer survives, whatever its size', () => {
  fc.assert(
    fc.property(fc.bigInt(), (integer) => stringifyJson(parseJson(`{"jobId":${integer}}`)) === `{"jobId":${integer}}`),
  );
});

test('a property named __proto__ is data, not a prototype', () => {
  const parsed = withoutBigints(parseJson('{"__proto__": {"isAdmin": 12345678901234567890}}')) as Record<
    string,
    unknown
  >;
  assert.ok(Object.hasOwn(parsed, '__proto__'));
  assert.equal(parsed['isAdmin'], undefined);
});

test('what is not JSON is a SyntaxError', () => {
  for (const text of ['', '{', '{"jobId": 12345678901234567890', 'NaN', "{'a': 1}"]) {
    assert.throws(() => parseJson(text), SyntaxError, text);
  }
});

test('a copy without bigints holds numbers in their place and nothing else changed', () => {
  const value = { jobId: 9223372036854775808n, names: ['a', null, true, { n: 2n }] };
  assert.deepEqual(withoutBigints(value), { jobId: 9223372036854775808, names: ['a', null, true, { n: 2 }] });
});

test('only an object is a JSON object', () => {
  assert.deepEqual([{}, { a: 1 }].map(isJsonObject), [true, true]);
  assert.deepEqual([null, [], 'a', 1, 1n, true, undefined].map(isJsonObject), Array(7).fill(false));
});
