import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

test('which device renders, for GPUs that this machine need not have', () => {
  const { status, stderr } = spawnSync('python3', ['-B', path.join(import.meta.dirname, 'devices_test.py')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^Ran [1-9]\d+ tests/m);
});
