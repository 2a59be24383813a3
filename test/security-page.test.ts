// Expected: each row of the table of threats names tests that are there.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.dirname(import.meta.dirname);
const page = readFileSync(path.join(root, 'docs/security.md'), 'utf8');

test('the tests that the page names', () => {
  const files = [...page.matchAll(/`((?:packages|lab|test)\/[\w./-]+\.ts)`/g)].map(([, file = '']) => file);
  assert.ok(files.length > 30);
  assert.deepEqual(
    files.filter((file) => !existsSync(path.join(root, file))),
    [],
  );
});
