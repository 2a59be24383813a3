// Expected: a secret of the tests is found in whatever a program printed, also in base64, and the line that shows it is named;
// the output of a whole test run is looked through for the secrets of all its processes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { assertKeepsSecrets, secret } from '../lab/secrets.ts';
import { runTests } from '../tools/run-tests.ts';

test('what a program printed', () => {
  const hidden = secret(`hidden-${process.pid}`);
  assertKeepsSecrets('nothing\nto see\n', 'a worker');
  assert.throws(() => assertKeepsSecrets(`first\nkey: ${hidden}!\n`, 'a worker'), /a worker shows a secret: key: /);
  const encoded = Buffer.from(hidden).toString('base64');
  assert.throws(() => assertKeepsSecrets(`Basic ${encoded}`, 'a worker'), /Basic/);
});

test('the output of a test run', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'secrets-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  // A run within a run would take itself for a file of it.
  delete process.env['NODE_TEST_CONTEXT'];
  const secrets = path.join(import.meta.dirname, '../lab/secrets.ts');
  const passes = (printed: string): boolean => {
    const text = `import { test } from 'node:test';
      import { secret } from ${JSON.stringify(secrets)};
      test('shows nothing itself', () => { secret('of-this-' + 'run'); console.log('${printed}'); });`;
    writeFileSync(path.join(folder, 'shows.test.ts'), text);
    const patterns = [path.join(folder, '*.test.ts')];
    return runTests({ patterns, concurrency: 1 }).passed;
  };
  assert.equal(passes('nothing'), true);
  assert.equal(passes('of-this-\u0027 + \u0027run'), false);
});
