// Expected: when a worker is killed with -9, its commands are gone within 2 s, daemons included; the guardian that sees
// to it is replaced when it is killed itself, and ends when the worker ends in order.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { Guardian } from '../../../src/command/guardian.ts';
import { findMarked } from '../../../src/command/process-tree.ts';
import { processesWith } from '../../kafka/processes-with.ts';
import { fixture, isGone, newMark, sh, within } from './command-under-test.ts';

const limit = { timeout: 20_000 };

/** A worker process whose command has said something. */
async function startWorker(t: TestContext, mark: string, ...argv: string[]): Promise<ChildProcess> {
  const args = ['--conditions=kafka-runner-source', fixture('command-worker.ts'), mark, ...argv];
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => worker.kill('SIGKILL'));
  await once(createInterface(worker.stdout), 'line');
  return worker;
}

/** The guardians of a worker, found by their arguments. */
function guardiansOf(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandLineOf(pid).includes(`kafka-runner-guardian\0`) && commandLineOf(pid).includes(mark))
    .map(Number);
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

test('a worker that is killed takes a daemon and a program that ignores signals with it', limit, async (t) => {
  const mark = newMark();
  const script = `trap "" TERM INT HUP; sh ${fixture('daemon.sh')} 60; sleep 60`;
  const worker = await startWorker(t, mark, '/bin/sh', '-c', script);
  assert.ok(findMarked(`${mark}/1`).length >= 4);
  worker.kill('SIGKILL');
  assert.ok(await isGone(`${mark}/1`, 2_000), 'gone within 2 s');
  assert.ok(await within(3_000, () => guardiansOf(mark).length === 0), 'the guardian has done its work and ends');
});

test('a guardian that is killed is replaced, and its successor keeps the promise', limit, async (t) => {
  const mark = newMark();
  const worker = await startWorker(t, mark, '/bin/sh', '-c', 'echo ready; sleep 60');
  const [first] = guardiansOf(mark);
  assert.ok(first);
  process.kill(first, 'SIGKILL');
  assert.ok(await within(2_000, () => guardiansOf(mark).some((pid) => pid !== first)), 'replaced');
  worker.kill('SIGKILL');
  assert.ok(await isGone(`${mark}/1`, 2_000), 'gone within 2 s');
});

test('a program that writes over its environment goes with its worker too', limit, async (t) => {
  const id = newMark();
  // Put together by the program itself, so that only it shows the name.
  const name = `renamed-${id}`;
  const script = `$0 = 'renamed' . '-${id}' . ('x' x 4000); $SIG{TERM} = 'IGNORE'; $| = 1; print "ready\n"; sleep 60`;
  const worker = await startWorker(t, newMark(), 'perl', '-e', script);
  assert.equal(processesWith(name).length, 1);
  worker.kill('SIGKILL');
  assert.ok(await within(2_000, () => processesWith(name).length === 0), 'gone within 2 s');
});

test('a guardian leaves the commands of other workers alone', limit, async () => {
  const [mark, otherMark] = [newMark(), newMark()];
  const running = sh('sleep 1; echo done', { mark: `${otherMark}/1` });
  {
    using _guardian = new Guardian(mark);
    assert.ok(await within(2_000, () => guardiansOf(mark).length === 1));
  }
  assert.ok(await within(3_000, () => guardiansOf(mark).length === 0), 'ends with its worker');
  assert.equal((await running).output.text(), 'done\n');
});
