// Expected: in a sandbox a command ends, stands still and runs out of memory as it does without one, and goes with the
// worker. Where there is no sandbox, a worker that requires one does not start, and any other says why it has none.
import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile, chmod } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sandbox } from '../../../../src/command/sandbox/sandbox.ts';
import { ConfigError } from '../../../../src/errors.ts';
import { parseRunnerOptions, type KafkaRunnerOptions } from '../../../../src/options.ts';
import { recordingLogger } from '../../../unit/recording-logger.ts';
import { RoomUnderTest } from './room-under-test.ts';

const limit = { timeout: 60_000 };

test('exit codes and signals are those of the command', limit, async (t) => {
  const room = await RoomUnderTest.open(t);
  const ends = [];
  for (const script of ['exit 0', 'exit 3', 'kill -SEGV $$', 'kill -KILL $$'])
    ends.push(await room.sh(t, script).then(({ exitCode, signal }) => [exitCode, signal]));
  assert.deepEqual(ends, [
    [0, null],
    [3, null],
    [null, 'SIGSEGV'],
    [null, 'SIGKILL'],
  ]);
});

test('it stands still when told, with all that it has started', limit, async (t) => {
  const room = await RoomUnderTest.open(t);
  const job = await room.job(t);
  const ran = room.sh(t, 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.1; done & wait', job);
  while (job.output.tail().length < 2) await sleep(10);
  job.pause();
  await sleep(300);
  const lines = job.output.tail().length;
  await sleep(500);
  assert.equal(job.output.tail().length, lines);
  job.resume();
  assert.equal((await ran).printed.split('\n').length, 8);
});

test('a memory limit holds, and what it ends is told as that', limit, async (t) => {
  const room = await RoomUnderTest.open(t, { commandMemoryBytes: 200_000_000 });
  const greedy = (bytes: number): string =>
    `import ctypes; c = ctypes.CDLL(None); c.malloc.restype = ctypes.c_void_p; ctypes.memset(c.malloc(${bytes}) or 0, 1, ${bytes})`;
  assert.equal((await room.python(t, greedy(50_000_000))).exitCode, 0);
  await assert.rejects(room.python(t, greedy(400_000_000)), { code: 'out-of-memory' });
});

test('a daemon that sheds its mark goes with the command', limit, async (t) => {
  const room = await RoomUnderTest.open(t);
  const name = `7${String(process.pid).padStart(7, '0')}`;
  await room.sh(t, `env -i setsid -f sleep ${name}; sleep 0.3`);
  assert.throws(() => execFileSync('pgrep', ['-f', `sleep ${name}`]), 'nothing of it is left');
});

async function opened(options: KafkaRunnerOptions['sandbox'], folder: string) {
  const { logger, lines } = recordingLogger();
  const PATH = process.env['PATH'];
  process.env['PATH'] = folder;
  try {
    const settings = parseRunnerOptions({ inTopic: 'jobs', bootstrapServers: ['none:1'], sandbox: options });
    return { sandbox: await Sandbox.open(settings, logger), lines };
  } finally {
    process.env['PATH'] = PATH;
  }
}

/** A folder to be the whole PATH, with a bwrap in it that says something and fails, or with none. */
async function pathWith(t: TestContext, says?: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'path-'));
  t.after(() => rm(folder, { recursive: true }));
  if (says !== undefined) {
    await writeFile(path.join(folder, 'bwrap'), `#!/bin/sh\necho '${says}' >&2\nexit 1\n`);
    await chmod(path.join(folder, 'bwrap'), 0o755);
  }
  return folder;
}

test('without bubblewrap: refused, or a warning', limit, async (t) => {
  const folder = await pathWith(t);
  const isClear = (error: Error): boolean =>
    error instanceof ConfigError && /required.*bubblewrap is not installed/.test(error.message);
  await assert.rejects(opened({ mode: 'require' }, folder), isClear);
  const { sandbox, lines } = await opened({ mode: 'auto' }, folder);
  assert.equal(sandbox, undefined);
  assert.match(String(lines.find(({ code }) => code === 'no-sandbox')?.['message']), /bubblewrap is not installed/);
});

for (const [says, why] of [
  ['bwrap: No permissions to creating new namespace, likely because ...', /may make no namespaces.*Docker/],
  ["bwrap: Can't mount proc on /newroot/proc: Operation not permitted", /systempaths=unconfined/],
  ['bwrap: Unknown option --disable-userns', /0\.8 or newer/],
] as const) {
  test(`where bubblewrap says: ${says}`, limit, async (t) => {
    await assert.rejects(opened({ mode: 'require' }, await pathWith(t, says.replaceAll("'", ''))), { message: why });
  });
}

test('a program that does not work in it is told', limit, async (t) => {
  const folder = await pathWith(t);
  await symlink('/usr/bin/bwrap', path.join(folder, 'bwrap'));
  await symlink('/usr/bin/prlimit', path.join(folder, 'prlimit'));
  const check = ['/bin/sh', '-c', 'echo no licence >&2; exit 1'];
  await assert.rejects(opened({ mode: 'require', check }, `${folder}:/usr/bin`), {
    message: /does not work in it: no licence/,
  });
});
