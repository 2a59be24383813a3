import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { configurationPage } from '../tools/configuration-page.ts';

test('docs/configuration.md is what tools/write-docs.ts makes of the sources', async () => {
  const page = path.join(path.dirname(import.meta.dirname), 'docs/configuration.md');
  assert.equal(await readFile(page, 'utf8'), configurationPage());
});
