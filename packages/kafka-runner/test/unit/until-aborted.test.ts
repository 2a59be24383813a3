import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { untilAborted } from '../../src/until-aborted.ts';

const reason = new Error('stopped');

test('gives what the promise gives, and leaves the signal as it was', async () => {
  const { signal } = new AbortController();
  assert.equal(await untilAborted(Promise.resolve(5), signal), 5);
  const fault = new Error('refused');
  await assert.rejects(untilAborted(Promise.reject(fault), signal), fault);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('gives up with the reason as soon as the signal is aborted, or was before', { timeout: 10_000 }, async () => {
  const controller = new AbortController();
  const waiting = untilAborted(new Promise(() => {}), controller.signal);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(untilAborted(new Promise(() => {}), controller.signal), reason);
});

test('a promise that fails after nobody waits for it any more does no harm', async () => {
  const late = Promise.withResolvers<void>();
  await assert.rejects(untilAborted(late.promise, AbortSignal.abort(reason)), reason);
  late.reject(new Error('too late'));
  await new Promise((resolve) => setImmediate(resolve));
});
