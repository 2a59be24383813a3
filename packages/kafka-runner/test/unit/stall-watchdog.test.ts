import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { StartPosition } from '../../src/broker/port.ts';
import { RestartError } from '../../src/restart-error.ts';
import { StallWatchdog, type WorkerState } from '../../src/stall-watchdog.ts';
import { aRecord } from './a-record.ts';
import { recordingLogger } from './recording-logger.ts';

const timeoutMs = 80;
const limit = { timeout: 10_000 };
const idle: WorkerState = { freeSlots: 1, waiting: 0, paused: false, underWay: 0 };

interface Watched {
  readonly state?: WorkerState;
  readonly end?: number;
  readonly ends?: () => Promise<StartPosition[]>;
}

const endAt = (offset: number): StartPosition => ({ topic: 'jobs', partition: 0, offset, metadata: '' });

/** Watches for a while; resolves to whether a stall was found. */
async function isStalled(
  t: TestContext,
  watchdog: StallWatchdog,
  { state = idle, end = 0, ends = async () => [endAt(end)] }: Watched = {},
): Promise<boolean> {
  const over = new AbortController();
  t.after(() => over.abort());
  const { logger } = recordingLogger();
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
  'an end that the client has come to is no stall: behind the last record lie markers of transactions',
  limit,
  async (t) => {
    const watchdog = new StallWatchdog();
    watchdog.arrived(aRecord({ offset: 4 }));
    watchdog.endReached({ topic: 'jobs', partition: 0, offset: 6 });
    assert.equal(await isStalled(t, watchdog, { end: 6 }), false);
    assert.equal(await isStalled(t, watchdog, { end: 7 }), true);
  },
);

test('what has just been written is on its way: it has until the next look to arrive', limit, async (t) => {
  const watchdog = new StallWatchdog();
  let end = 0;
  const ends = async () => {
    watchdog.endReached({ topic: 'jobs', partition: 0, offset: end });
    end += 1;
    return [endAt(end)];
  };
  assert.equal(await isStalled(t, watchdog, { ends }), false);
  assert.ok(end > 1, 'it was looked at several times');
});

test('from partitions that are paused nothing arrives', limit, async (t) => {
  const state = { ...idle, paused: true };
  assert.equal(await isStalled(t, new StallWatchdog(), { state, end: 9 }), false);
});

test('jobs that have arrived and are not begun, with nothing under way, are a stall', limit, async (t) => {
  assert.equal(await isStalled(t, new StallWatchdog(), { state: { ...idle, waiting: 1 } }), true);
});

test('who waits for a job that runs alone is not stalled, nor is a worker whose slots are taken', limit, async (t) => {
  const state = { ...idle, waiting: 5, underWay: 1 };
  assert.equal(await isStalled(t, new StallWatchdog(), { state }), false);
  const full = { ...idle, freeSlots: 0, waiting: 5, underWay: 2 };
  assert.equal(await isStalled(t, new StallWatchdog(), { state: full, end: 9 }), false);
});

test('a broker that answers slowly makes one stall of one, which lasts until something moves', limit, async (t) => {
  const watchdog = new StallWatchdog();
  const ends = async (): Promise<StartPosition[]> => {
    await new Promise((resolve) => setTimeout(resolve, timeoutMs));
    return [endAt(1)];
  };
  assert.equal(watchdog.isStalled, false);
  assert.equal(await isStalled(t, watchdog, { ends }), true);
  // What would still be on its way.
  await new Promise((resolve) => setTimeout(resolve, timeoutMs * 2));
  assert.equal(watchdog.stalls, 1);
  assert.equal(watchdog.isStalled, true);
  watchdog.moved();
  assert.equal(watchdog.isStalled, false);
});
