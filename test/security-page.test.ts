// Expected: each row of the tables of threats names tests that are there.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.dirname(import.meta.dirname);
const page = readFileSync(path.join(root, 'docs/security.md'), 'utf8');
const testFile = /`((?:packages|lab|test)\/[\w./-]+\.ts)`/g;

test('the tests that the page names', () => {
  const files = [...page.matchAll(testFile)].map(([, file = '']) => file);
  assert.ok(files.length > 30);
  assert.deepEqual(
    files.filter((file) => !existsSync(path.join(root, file))),
    [],
  );
});

test('no threat without a test', () => {
  const threats = page.slice(page.indexOf('## Threats'), page.indexOf('## The sandbox'));
  const rows = threats.split('\n').filter((line) => line.startsWith('| ') && !/^\| (threat|---)/.test(line));
  assert.ok(rows.length > 40);
  assert.deepEqual(
    rows.filter((row) => !/\| (the same|`(packages|lab|test)\/.*) \|$/.test(row)),
    [],
  );
});
