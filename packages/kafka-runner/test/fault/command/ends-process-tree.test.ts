// Expected: whatever a command starts is gone when the command is over, however it ends, and nobody waits for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMarked } from '../../../src/command/process-tree.ts';
import { InterruptedError } from '../../../src/errors.ts';
import { fixture, isGone, newMark, run, sh } from './command-under-test.ts';

const limit = { timeout: 20_000 };
const reason = new InterruptedError('shutdown', 'stopped by SIGTERM');

test('a program that ignores SIGTERM is killed after the grace period', limit, async () => {
  const controller = new AbortController();
  const mark = newMark();
  let abortedAt = 0;
  const running = sh('trap "" TERM; echo ready; while :; do sleep 1; done', {
    mark,
    graceMs: 500,
    signal: controller.signal,
    onLine: () => {
      abortedAt = performance.now();
      controller.abort(reason);
    },
  });
  await assert.rejects(running, reason);
  const tookMs = performance.now() - abortedAt;
  assert.ok(tookMs >= 490 && tookMs < 3_000, `${tookMs} ms`);
  assert.deepEqual(findMarked(mark), []);
});

test(
  'one that has to hurry is killed after a second, also when it was being ended for another reason',
  limit,
  async () => {
    for (const wasAborted of [false, true]) {
      const [controller, hurry] = [new AbortController(), new AbortController()];
      let hurriedAt = 0;
      const running = sh('trap "" TERM; echo ready; while :; do sleep 0.1; done', {
        graceMs: 60_000,
        signal: wasAborted ? controller.signal : AbortSignal.any([controller.signal, hurry.signal]),
        hurry: hurry.signal,
        onLine: () => {
          if (wasAborted) controller.abort(reason);
          hurriedAt = performance.now();
          hurry.abort(reason);
        },
      });
      await assert.rejects(running, reason);
      const tookMs = performance.now() - hurriedAt;
      assert.ok(tookMs >= 990 && tookMs < 2_000, `${tookMs} ms`);
    }
  },
);

test('a daemon that a command left behind goes with the command', limit, async () => {
  const mark = newMark();
  const seen: number[] = [];
  const { result } = await run(['/bin/sh', fixture('daemon.sh'), '60'], {
    mark,
    onLine: () => seen.push(findMarked(mark).length),
  });
  assert.equal(result.exitCode, 0);
  assert.ok((seen[0] ?? 0) >= 3, 'the daemon and its children were there');
  assert.deepEqual(findMarked(mark), []);
});

test('a daemon goes on an abort too, though no signal to the group reaches it', limit, async () => {
  const controller = new AbortController();
  const mark = newMark();
  const running = sh(`sh ${fixture('daemon.sh')} 60; sleep 60`, {
    mark,
    signal: controller.signal,
    onLine: () => controller.abort(reason),
  });
  await assert.rejects(running, reason);
  assert.ok(await isGone(mark, 0));
});

test('what forks while it is being killed is followed to its end', limit, async () => {
  const mark = newMark();
  const fork = 'f() { setsid sh -c "while :; do sleep 0.01 & done" >/dev/null 2>&1 & }; f; f; f; sleep 0.3';
  await sh(fork, { mark });
  assert.ok(await isGone(mark, 0));
});

test('a grandchild that holds the outputs open and has shed its mark holds nobody up', limit, async () => {
  const startedAt = performance.now();
  const { result, output } = await sh('echo said; env -i setsid sleep 5 & sleep 0.3');
  assert.deepEqual([result.exitCode, output.text()], [0, 'said\n']);
  assert.ok(performance.now() - startedAt < 3_000);
});

test('nor does one that goes on talking', limit, async () => {
  const startedAt = performance.now();
  const { result, output } = await sh('echo said; env -i setsid sh -c "timeout 5 yes" & sleep 0.3');
  assert.equal(result.exitCode, 0);
  assert.ok(performance.now() - startedAt < 3_000);
  assert.throws(() => output.text(), { code: 'output-too-large' });
});

test('a program that closes its outputs early is waited for all the same', limit, async () => {
  const { result } = await sh('exec >&- 2>&-; sleep 0.5; exit 4');
  assert.equal(result.exitCode, 4);
  assert.ok(result.elapsedSeconds >= 0.5);
});

test('two commands at a time do not end one another', limit, async () => {
  const long = sh('sleep 0.6; echo done');
  const short = await sh('sleep 60 & exit 0');
  assert.equal(short.result.exitCode, 0);
  assert.equal((await long).output.text(), 'done\n');
});
