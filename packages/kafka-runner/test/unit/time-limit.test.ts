import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { timedOut, timeLimit, type TimeLimit } from '../../src/time-limit.ts';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Its clock is that of the mocked timers. */
function limitOf(t: TestContext, limitMs: number): TimeLimit {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  return timeLimit(never, limitMs, timedOut, Date.now);
}

test('it runs out, and says after how long', async (t) => {
  using limit = limitOf(t, 1_000);
  t.mock.timers.tick(5_000);
  assert.equal(limit.signal.aborted, false, 'it was not started');
  limit.start();
  t.mock.timers.tick(999);
  assert.equal(limit.signal.aborted, false);
  t.mock.timers.tick(1);
  await turn();
  assert.match(String(limit.signal.reason), /not over after 1 s/);
});

test('while it stands no time passes, and what had passed counts', async (t) => {
  using limit = limitOf(t, 1_000);
  limit.start();
  t.mock.timers.tick(600);
  limit.pause();
  t.mock.timers.tick(60_000);
  limit.start();
  t.mock.timers.tick(399);
  assert.equal(limit.signal.aborted, false);
  t.mock.timers.tick(1);
  await turn();
  assert.equal(limit.signal.aborted, true);
});

test('started twice and paused twice it is as once; a pause before the start is none', async (t) => {
  using limit = limitOf(t, 1_000);
  limit.pause();
  limit.start();
  t.mock.timers.tick(500);
  limit.start();
  limit.pause();
  limit.pause();
  limit.start();
  t.mock.timers.tick(500);
  await turn();
  assert.equal(limit.signal.aborted, true);
});

test('a restart gives the whole time, also after a pause; the time before it does not count at the next pause', async (t) => {
  using limit = limitOf(t, 1_000);
  limit.start();
  t.mock.timers.tick(900);
  limit.pause();
  limit.restart();
  limit.start();
  limit.restart();
  t.mock.timers.tick(900);
  limit.restart();
  t.mock.timers.tick(300);
  limit.pause();
  limit.start();
  t.mock.timers.tick(699);
  await turn();
  assert.equal(limit.signal.aborted, false);
  t.mock.timers.tick(1);
  await turn();
  assert.equal(limit.signal.aborted, true);
});
