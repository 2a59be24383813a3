import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTriedAgain, retryDelayMs } from '../../src/retry-policy.ts';

test('what another attempt would only repeat is final, what may pass is not', () => {
  for (const code of ['command-failed', 'timed-out', 'an-authors-own']) assert.ok(isTriedAgain({ code }), code);
  for (const code of ['gave-up', 'runner-error', 'record-too-large']) assert.ok(!isTriedAgain({ code }), code);
});

test('the wait doubles with each attempt up to a minute, and is jittered down to a half', (t) => {
  const random = t.mock.method(Math, 'random', () => 0);
  const delays = (): number[] => [1, 2, 3, 7, 2_000].map((attempt) => retryDelayMs(attempt, 1_000));
  assert.deepEqual(delays(), [500, 1_000, 2_000, 30_000, 30_000]);
  random.mock.mockImplementation(() => 0.999_999);
  assert.deepEqual(delays(), [1_000, 2_000, 4_000, 60_000, 60_000]);
  assert.equal(retryDelayMs(1, 600_000), 60_000);
});
