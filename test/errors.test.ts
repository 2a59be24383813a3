import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { exitCodes, isFailure } from '../packages/kafka-render/src/blender/exit-codes.ts';

// docs/errors.md names every code that a job can end with, and no other.

const root = path.dirname(import.meta.dirname);
const outcomes: Readonly<Record<string, string>> = {
  RejectedError: 'rejected',
  FailedError: 'failed',
  UnavailableError: 'unavailable',
  StorageUnavailableError: 'unavailable',
  InterruptedError: 'interrupted',
  refused: 'rejected',
};
const thrown = /new (\w+Error)\(\s*'([a-z-]+)'/g;
const refused = /\b(refused)\('([a-z-]+)'/g;
const declared = /class \w+ extends (\w+Error) \{[^}]*?super\('([a-z-]+)'/g;

async function codesInSources(): Promise<string[]> {
  const found = new Set<string>();
  for await (const file of glob('packages/*/src/**/*.ts', { cwd: root })) {
    const source = await readFile(path.join(root, file), 'utf8');
    for (const pattern of [thrown, refused, declared]) {
      for (const [, name = '', code] of source.matchAll(pattern)) {
        if (outcomes[name]) found.add(`${code} ${outcomes[name]}`);
      }
    }
  }
  // Refusals of render_frames.py are thrown by their code.
  for (const code of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
    found.add(`${code} ${isFailure(code) ? 'failed' : 'rejected'}`);
  }
  return [...found].toSorted();
}

test('docs/errors.md holds a row for each code, with its outcome', async () => {
  const page = await readFile(path.join(root, 'docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\w+) \|/gm)].map(([, code, outcome]) => `${code} ${outcome}`);
  assert.deepEqual(rows.toSorted(), await codesInSources());
});
