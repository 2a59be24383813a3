// Expected: the process that starts commands may die like any other: running commands are ended, their jobs are kept, and
// the next command is started by its successor. Nothing of a command's output is lost on the way through it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { Spawner } from '../../../src/command/spawner.ts';
import { FailedError } from '../../../src/errors.ts';
import { processesWith } from '../../kafka/processes-with.ts';
import { isGone, newMark, sh } from './command-under-test.ts';

const limit = { timeout: 30_000 };

function newSpawner(t: TestContext): Spawner {
  const spawner = new Spawner();
  t.after(() => spawner[Symbol.dispose]());
  return spawner;
}

/** Those of this process: other workers of the machine have theirs. */
function ownSpawners(): number[] {
  return processesWith('spawner-process').filter((pid) =>
    new RegExp(`^PPid:\\t${process.pid}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8')),
  );
}

test('a spawner that is killed takes its commands along, keeps their jobs and is replaced', limit, async (t) => {
  const spawner = newSpawner(t);
  const mark = newMark();
  const before = new Set(ownSpawners());
  const running = sh('trap "" TERM; setsid sleep 60 & echo ready; sleep 60', {
    spawner,
    mark,
    onLine: () => {
      for (const pid of ownSpawners()) if (!before.has(pid)) process.kill(pid, 'SIGKILL');
    },
  });
  await assert.rejects(running, (error) => error instanceof FailedError && error.code === 'command-lost');
  assert.ok(await isGone(mark, 0));
  assert.equal((await sh('echo again', { spawner })).output.text(), 'again\n');
});

test('hundreds of short commands, several at a time, each get their own output, whole', limit, async (t) => {
  const spawner = newSpawner(t);
  const batches = Array.from({ length: 30 }, (_, batch) => batch * 10);
  for (const batch of batches) {
    const numbers = Array.from({ length: 10 }, (_, index) => batch + index);
    const ran = await Promise.all(
      numbers.map((number) => sh(number % 2 === 0 ? `echo ${number}; echo e${number} >&2` : '', { spawner })),
    );
    for (const [index, { output, lines }] of ran.entries()) {
      const number = batch + index;
      assert.equal(output.text(), number % 2 === 0 ? `${number}\n` : '');
      assert.equal(lines.length, number % 2 === 0 ? 2 : 0);
    }
  }
});

test('what a command wrote last is read, though a grandchild holds the outputs open', limit, async (t) => {
  const script = 'env -i setsid sleep 3 & head -c 100000 /dev/zero | tr "\\0" x; sleep 0.1';
  const { output } = await sh(script, { spawner: newSpawner(t) });
  assert.equal(output.text().length, 100_000);
});
