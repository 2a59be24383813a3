import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobFields } from '../../src/job-fields.ts';

test('what names a job is kept as the sender wrote it', () => {
  const fields = { jobId: 9223372036854775808n, scenePath: 'scenes/日本.blend', startFrame: 0, useGPU: false };
  assert.deepEqual(jobFields(fields), fields);
});

test('what cannot name anything is left out, whatever its size and depth', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  const names = { jobId: deep, a: null, b: undefined, c: {}, d: 'x'.repeat(4_097), e: 10n ** 4_100n };
  assert.deepEqual(jobFields(names), {});
});
