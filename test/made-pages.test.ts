import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { configurationPage } from '../tools/configuration-page.ts';
import { errorCodes } from '../tools/error-codes.ts';
import { withMetrics } from '../tools/metrics-page.ts';
import { withExample } from '../tools/readme-example.ts';

// Pages that tools/write-docs.ts makes from the sources are not behind them.

const read = (file: string): Promise<string> => readFile(path.join(path.dirname(import.meta.dirname), file), 'utf8');

test('docs/configuration.md is made of the options', async () => {
  assert.equal(await read('docs/configuration.md'), configurationPage());
});

test('docs/metrics.md is made of the metrics', async () => {
  const page = await read('docs/metrics.md');
  assert.equal(page, withMetrics(page));
});

test('README.md shows the example as it is tested', async () => {
  const readme = await read('README.md');
  assert.equal(readme, withExample(readme, await read('examples/checksums.ts')));
});

test('the dashboard says of each code what docs/errors.md says', async () => {
  const codes = errorCodes(await read('docs/errors.md'));
  assert.equal(await read('packages/dashboard/error-codes.json'), codes);
  assert.match(
    codes,
    /"no-camera": \{\n    "outcome": "rejected",\n    "meaning": "[^"]+",\n    "advice": "Add one\."/,
  );
});
