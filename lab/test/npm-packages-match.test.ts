import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { cloneFolder } from '../cache.ts';

const locked = {
  '': { version: '1.0.0' },
  'packages/own': { version: '0.1.0' },
  'node_modules/a': { version: '1.2.3' },
  'node_modules/for-another-platform': { version: '2.0.0', optional: true },
};

test('what the lock file names is there', (t) => {
  assert.equal(matches(t, { 'node_modules/a': { version: '1.2.3' } }), true);
});

test('another version, nothing at all, or an installation that was interrupted', (t) => {
  assert.equal(matches(t, { 'node_modules/a': { version: '1.2.4' } }), false);
  assert.equal(matches(t, {}), false);
  assert.equal(matches(t, undefined), false);
});

function matches(t: TestContext, installed: object | undefined): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'packages-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: locked }));
  const installedFile = join(folder, 'node_modules/.package-lock.json');
  if (installed !== undefined) writeFileSync(installedFile, JSON.stringify({ packages: installed }));
  const script = join(cloneFolder, 'lab/setup/npm-packages-match.mjs');
  return spawnSync(process.execPath, [script], { cwd: folder }).status === 0;
}
