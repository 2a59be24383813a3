import assert from 'node:assert/strict';
import { test } from 'node:test';
import { within } from '../../src/within.ts';

const never = new Promise<void>(() => {});

test('waits for a promise, but no longer than it may', { timeout: 5_000 }, async () => {
  let done = false;
  await within(
    60_000,
    new Promise((resolve) => setImmediate(resolve)).then(() => (done = true)),
  );
  assert.ok(done);
  await within(20, never);
});

test('what the promise rejects with is thrown', async () => {
  await assert.rejects(within(60_000, Promise.reject(new Error('oh'))), /oh/);
});
