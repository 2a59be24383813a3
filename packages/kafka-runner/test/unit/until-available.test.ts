import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, InterruptedError, UnavailableError } from '../../src/errors.ts';
import { untilAvailable } from '../../src/until-available.ts';
import { recordingLogger } from './recording-logger.ts';

const never = new AbortController().signal;
const away = new UnavailableError('broker-unreachable', 'the broker is away');

/** Lets p-retry's pauses pass at once. */
async function withoutPauses<T>(work: Promise<T>, tick: () => void): Promise<T> {
  const pending = Symbol('pending');
  const turn = (): Promise<typeof pending> => new Promise((resolve) => setImmediate(() => resolve(pending)));
  for (;;) {
    const result = await Promise.race([work, turn()]);
    if (result !== pending) return result;
    tick();
  }
}

test('tries again for as long as something is away, and says so each time', { timeout: 10_000 }, async (t) => {
  const { logger, lines } = recordingLogger();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let tries = 0;
  const action = async (): Promise<string> => {
    tries += 1;
    if (tries < 20) throw away;
    return 'back';
  };
  assert.equal(await withoutPauses(untilAvailable(action, never, logger), () => t.mock.timers.tick(30_000)), 'back');
  assert.deepEqual([tries, lines.length], [20, 19]);
  assert.match(String(lines[0]?.['message']), /the broker is away; again in [12]\.\d s/);
  const levels = lines.map(({ level }) => level);
  assert.deepEqual([levels.indexOf('error'), levels.filter((level) => level !== 'warn').length], [4, 1], 'one alarm');
  for (const { message } of lines) {
    const pause = Number(/again in ([\d.]+) s/.exec(String(message))?.[1]);
    assert.ok(pause >= 1 && pause <= 30, `${pause} s`);
  }
});

test('any other error is thrown at once and not logged', async () => {
  for (const error of [new FailedError('x', 'failed'), new InterruptedError('x', 'lost'), new TypeError('a bug')]) {
    const { logger, lines } = recordingLogger();
    let tries = 0;
    const action = async (): Promise<void> => {
      tries += 1;
      throw error;
    };
    await assert.rejects(untilAvailable(action, never, logger), error);
    assert.deepEqual([tries, lines.length], [1, 0]);
  }
});

test('an abort ends the pause with its reason; aborted before, nothing is tried', { timeout: 10_000 }, async () => {
  const { logger } = recordingLogger();
  const shutdown = new AbortController();
  const reason = new InterruptedError('shutdown', 'stopped');
  const waiting = untilAvailable(() => Promise.reject(away), shutdown.signal, logger);
  setImmediate(() => shutdown.abort(reason));
  await assert.rejects(waiting, reason);
  let tries = 0;
  const count = async (): Promise<void> => void (tries += 1);
  await assert.rejects(untilAvailable(count, shutdown.signal, logger), reason);
  assert.equal(tries, 0);
});
