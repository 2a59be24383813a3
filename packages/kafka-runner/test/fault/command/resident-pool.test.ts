// Expected: commands run in a resident program as in processes of their own: exit code, output, the tree that goes with it. A
// program that dies, hangs, is aborted or says that it is not as good as new is replaced, and only its own command suffers.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { CommandOutput } from '../../../src/command/command-output.ts';
import { CommandPause } from '../../../src/command/command-pause.ts';
import { ResidentEvents } from '../../../src/command/resident/resident-events.ts';
import { ResidentPool, type PoolSettings } from '../../../src/command/resident/resident-pool.ts';
import { ResidentProgram } from '../../../src/command/resident/resident-program.ts';
import type { CommandResult } from '../../../src/command/run-command.ts';
import { UnavailableError } from '../../../src/errors.ts';
import { recordingLogger } from '../../unit/recording-logger.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixture, isGone, newMark, within } from './command-under-test.ts';

const limit = { timeout: 30_000 };

interface PoolUnderTest {
  /** Runs Python code; `state` is what stays in the program. */
  readonly run: (
    code: string,
    signal?: AbortSignal,
    pause?: CommandPause,
  ) => Promise<CommandResult & { lines: string[]; text: string }>;
  /** The id of the process that a command runs in. */
  readonly pid: () => Promise<number>;
  readonly started: () => number;
  /** Why programs were replaced. */
  readonly replaced: string[];
  readonly close: () => Promise<void>;
}

function aPause(): CommandPause {
  const nothing = (): void => undefined;
  return new CommandPause({ start: nothing, pause: nothing, restart: nothing });
}

async function poolUnderTest(
  t: TestContext,
  different: Partial<PoolSettings> = {},
  args: readonly string[] = [],
): Promise<PoolUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'resident-'));
  const mark = newMark();
  let started = 0;
  const start = async (): Promise<ResidentProgram> => {
    started += 1;
    const own = await mkdtemp(path.join(folder, 'program-'));
    const disposable = { [Symbol.asyncDispose]: () => rm(own, { recursive: true }) };
    return new ResidentProgram(['python3', fixture('resident-shell.py'), ...args], {
      environment: process.env,
      cwd: folder,
      folder: { work: own, tmp: own, ...disposable },
      mark: `${mark}/${started}`,
      guardian: { watch: () => ({ [Symbol.dispose]: () => undefined }) },
      logger: recordingLogger().logger,
    });
  };
  const { logger } = recordingLogger();
  const bounds = { size: 1, recycleAfter: 1_000, maxMemoryBytes: 1_000_000_000 };
  const [events, replaced] = [new ResidentEvents(), [] as string[]];
  events.on('replaced', (reason) => replaced.push(reason));
  const pool = new ResidentPool({ ...bounds, start, events, logger, ...different });
  t.after(async () => {
    await pool[Symbol.asyncDispose]();
    for (let one = 1; one <= started; one += 1) assert.ok(await isGone(`${mark}/${one}`, 2_000), 'no process is left');
    assert.deepEqual(await readdir(folder), [], 'no folder of a program is left');
    await rm(folder, { recursive: true });
  });
  const run: PoolUnderTest['run'] = async (code, signal = new AbortController().signal, pause = aPause()) => {
    const [output, lines] = [new CommandOutput(), [] as string[]];
    const onLine = (line: string, stream: string): void => void lines.push(`${stream}: ${line}`);
    const result = await pool.run(['python', '-c', code], { signal, output, onLine, pause });
    return { ...result, lines, text: output.text() };
  };
  const pid = async (): Promise<number> => Number((await run('print(state["pid"])')).text);
  return { run, pid, started: () => started, replaced, close: () => pool[Symbol.asyncDispose]() };
}

test('exit code and output, all of it, each of its own command', limit, async (t) => {
  const { run, pid, started } = await poolUnderTest(t);
  const first = await run('print("one"); print("two", file=sys.stderr); sys.exit(3)');
  assert.deepEqual([first.exitCode, first.signal, first.text], [3, null, 'one\n']);
  assert.deepEqual(first.lines.toSorted(), ['stderr: two', 'stdout: one']);
  const second = await run('print("x" * 900_000)');
  assert.deepEqual([second.exitCode, second.text.length], [0, 900_001]);
  assert.equal(await pid(), await pid(), 'in one process');
  assert.ok(started() <= 2, 'and a spare one');
});

for (const [how, code, expected] of [
  ['a signal', 'os.kill(os.getpid(), 11)', { exitCode: null, signal: 'SIGSEGV' }],
  ['exit code 5', 'os._exit(5)', { exitCode: 5, signal: null }],
  ['exit code 0, without a word', 'os._exit(0)', { exitCode: null, signal: null }],
] as const) {
  test(`it dies of ${how}: the next command has a new one`, limit, async (t) => {
    const { run, pid, replaced } = await poolUnderTest(t);
    const before = await pid();
    const { exitCode, signal, lines } = await run(`print("last words", flush=True); ${code}`);
    assert.deepEqual({ exitCode, signal }, expected);
    assert.deepEqual(lines, ['stdout: last words']);
    assert.notEqual(await pid(), before);
    assert.deepEqual(replaced, ['died']);
  });
}

test('aborted: everything that it started is gone, and the reason is thrown', limit, async (t) => {
  const { run, pid, replaced } = await poolUnderTest(t);
  const before = await pid();
  const [stop, reason] = [new AbortController(), new Error('revoked')];
  const fork = 'import subprocess; subprocess.Popen(["setsid", "sleep", "60"])';
  const hanging = run(`${fork}; time.sleep(60)`, stop.signal);
  setTimeout(() => stop.abort(reason), 300);
  await assert.rejects(hanging, reason);
  assert.notEqual(await pid(), before);
  assert.deepEqual(replaced, ['stopped']);
});

test('replaced: when it says so, after so many commands, and when it has grown', limit, async (t) => {
  const says = await poolUnderTest(t);
  const one = await says.pid();
  await says.run('state["reusable"] = False');
  assert.notEqual(await says.pid(), one);

  const old = await poolUnderTest(t, { recycleAfter: 2 });
  const pids = [await old.pid(), await old.pid(), await old.pid()];
  assert.equal(pids[0], pids[1]);
  assert.notEqual(pids[1], pids[2]);

  const grown = await poolUnderTest(t, { maxMemoryBytes: 60_000_000 });
  const slim = await grown.pid();
  assert.equal(await grown.pid(), slim);
  await grown.run('state["much"] = bytearray(os.urandom(100)) * 1_000_000');
  assert.notEqual(await grown.pid(), slim);
  assert.deepEqual([...says.replaced, ...old.replaced, ...grown.replaced], ['unclean', 'old', 'grown']);
});

test('one that dies while it waits is replaced, and no command notices', limit, async (t) => {
  const { run, pid, replaced } = await poolUnderTest(t);
  const before = await pid();
  process.kill(before, 'SIGKILL');
  assert.notEqual(await pid(), before);
  assert.ok(await within(5_000, () => replaced.length > 0));
  await run('pass');
  assert.deepEqual(replaced, ['died']);
});

test('a waiting spare hides the start: the one after a death begins at once', limit, async (t) => {
  const { run, pid, started } = await poolUnderTest(t);
  await pid();
  assert.ok(await within(5_000, () => started() === 2));
  await run('time.sleep(0.5); os._exit(1)');
  const startedMs = performance.now();
  await pid();
  t.diagnostic(`${(performance.now() - startedMs).toFixed(1)} ms`);
  assert.ok(await within(5_000, () => started() === 3), 'and there is another spare');
});

test('what an earlier command says late is not taken for the present one', limit, async (t) => {
  const { run } = await poolUnderTest(t);
  const late = 'os.write(4, b\'{"ended": {"id": 0, "exitCode": 0, "reusable": true}}\\n{"ended"\\n[]\\n\')';
  const { exitCode, text } = await run(`${late}; time.sleep(0.2); print("done"); sys.exit(4)`);
  assert.deepEqual([exitCode, text], [4, 'done\n']);
});

test('a program that does not start keeps the job: its last words say why', limit, async (t) => {
  const { run } = await poolUnderTest(t, {}, ['never-ready']);
  await assert.rejects(run('pass'), (error: Error) => {
    assert.ok(error instanceof UnavailableError);
    assert.match(error.message, /does not start: it ended with exit code 7; its last lines: cannot start: no licence/);
    return true;
  });
  await assert.rejects(run('pass'), UnavailableError, 'and it is tried again when somebody asks');
});

test('a pool that is over takes no command, and nobody waits for it', limit, async (t) => {
  const { run, close } = await poolUnderTest(t);
  await run('pass');
  // More than there are programs, a spare one included.
  const ends = Promise.allSettled(Array.from({ length: 3 }, () => run('time.sleep(30)')));
  await close();
  const reasons = (await ends).flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  assert.match(reasons.join('\n'), /the worker stops/);
  await assert.rejects(run('pass'), /the worker stops/);
});

test('who comes while the only program is on its way out gets the next one', limit, async (t) => {
  // Without a spare one.
  const { run, pid } = await poolUnderTest(t, { size: 0 });
  // What it leaves behind has to be ended too, which takes a moment.
  await run('import subprocess; subprocess.Popen(["setsid", "sleep", "60"])');
  const former = await pid();
  process.kill(former, 'SIGKILL');
  while (isThere(former)) await new Promise((resolve) => setImmediate(resolve));
  assert.notEqual(await pid(), former);
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('several at a time, each in a program of its own', limit, async (t) => {
  const { run } = await poolUnderTest(t, { size: 3 });
  const ran = await Promise.all([1, 2, 3].map(() => run('time.sleep(2); print(state["pid"])')));
  assert.equal(new Set(ran.map(({ text }) => text)).size, 3);
});

test("who gives up waiting takes nobody's program away", limit, async (t) => {
  const { run } = await poolUnderTest(t);
  const [stop, reason] = [new AbortController(), new Error('shutdown')];
  const [busy, waiting] = [run('time.sleep(0.4)'), run('pass', stop.signal)];
  stop.abort(reason);
  await assert.rejects(waiting, reason);
  assert.equal((await busy).exitCode, 0);
  assert.equal((await run('sys.exit(2)')).exitCode, 2);
});

test('a program stands still when told, and only for the command that it was told about', limit, async (t) => {
  const pool = await poolUnderTest(t);
  const before = await pool.pid();
  const pause = aPause();
  const startedMs = performance.now();
  const ran = pool.run('time.sleep(0.3); print(state["pid"])', undefined, pause);
  await sleep(100);
  pause.pause();
  await sleep(900);
  pause.resume();
  assert.equal(Number((await ran).text), before);
  assert.ok(performance.now() - startedMs > 1_000, 'it stood still');
  // Too late, and about nothing any more.
  pause.pause();
  assert.equal(await pool.pid(), before);
});

test('one that stands still is ended when its command is aborted', limit, async (t) => {
  const pool = await poolUnderTest(t);
  const [pause, abort] = [aPause(), new AbortController()];
  const ran = pool.run('time.sleep(60)', abort.signal, pause);
  await sleep(300);
  pause.pause();
  abort.abort(new Error('stop'));
  await assert.rejects(ran, /stop/);
  assert.equal((await pool.run('pass')).exitCode, 0);
});
