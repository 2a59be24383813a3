// Expected: docs/troubleshooting.md sends whoever has a code of docs/errors.md to one place, and knows no other codes; nor does
// docs/first-frame.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const read = (page: string): string => readFileSync(path.join(path.dirname(import.meta.dirname), 'docs', page), 'utf8');
const codes = [...read('errors.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code = '']) => code);

test('every code stands in one row of troubleshooting.md', () => {
  const tables = read('troubleshooting.md').split('## By code').slice(1).join('');
  const rows = [...tables.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
  assert.ok(codes.length > 40);
  assert.deepEqual(rows.map((code) => code.replaceAll('`', '')).toSorted(), codes.toSorted());
});

test('the codes of first-frame.md', () => {
  const named = [...read('first-frame.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code = '']) => code);
  assert.ok(named.length > 2);
  assert.deepEqual(
    named.filter((code) => !codes.includes(code)),
    [],
  );
});
