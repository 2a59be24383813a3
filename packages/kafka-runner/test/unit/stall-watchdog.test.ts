import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { RestartError } from '../../src/restart-error.ts';
import { StallWatchdog, type WorkerState } from '../../src/stall-watchdog.ts';
import { aRecord } from './a-record.ts';
import { recordingLogger } from './recording-logger.ts';

const timeoutMs = 80;
const limit = { timeout: 10_000 };
const idle: WorkerState = { freeSlots: 1, waiting: 0, underWay: 0 };

/** Watches for a while; resolves to whether a stall was found. */
async function isStalled(
  t: TestContext,
  watchdog: StallWatchdog,
  { state = idle, end = 0 }: { readonly state?: WorkerState; readonly end?: number } = {},
): Promise<boolean> {
  const over = new AbortController();
  t.after(() => over.abort());
  const { logger } = recordingLogger();
  const ends = async () => [{ topic: 'jobs', partition: 0, offset: end, metadata: '' }];
  const stalled = watchdog.watch({ timeoutMs, ends, state: () => state, logger }, over.signal);
  const found = stalled.catch((error: unknown) => {
    assert.ok(error instanceof RestartError);
    return true;
  });
  const quiet = new Promise<false>((resolve) => setTimeout(() => resolve(false), timeoutMs * 4));
  const result = await Promise.race([found, quiet]);
  over.abort();
  return result;
}

test('nothing to do is no stall; a record that does not arrive is one', limit, async (t) => {
  const watchdog = new StallWatchdog();
  watchdog.assigned([{ topic: 'jobs', partition: 0, offset: 7, metadata: '' }]);
  assert.equal(await isStalled(t, watchdog, { end: 7 }), false);
  assert.equal(await isStalled(t, watchdog, { end: 8 }), true);
  assert.equal(watchdog.stalls, 1);
});

test(
  'what a new consumer does not get past either is a transaction marker: there is no second restart',
  limit,
  async (t) => {
    const watchdog = new StallWatchdog();
    watchdog.arrived(aRecord({ offset: 4 }));
    assert.equal(await isStalled(t, watchdog, { end: 6 }), true);
    assert.equal(await isStalled(t, watchdog, { end: 6 }), false);
    assert.equal(await isStalled(t, watchdog, { end: 7 }), true);
  },
);

test('jobs that have arrived and are not begun, with nothing under way, are a stall', limit, async (t) => {
  assert.equal(await isStalled(t, new StallWatchdog(), { state: { freeSlots: 2, waiting: 1, underWay: 0 } }), true);
});

test('who waits for a job that runs alone is not stalled, nor is a worker whose slots are taken', limit, async (t) => {
  const state = { freeSlots: 1, waiting: 5, underWay: 1 };
  assert.equal(await isStalled(t, new StallWatchdog(), { state }), false);
  const full = { freeSlots: 0, waiting: 5, underWay: 2 };
  assert.equal(await isStalled(t, new StallWatchdog(), { state: full, end: 9 }), false);
});
