// Expected: a command, and what it starts, may have so much memory and no more; a crash under the limit is told as want of
// memory, an ordinary end is not. What the kernel kills for want of memory is told as that, without a limit of ours as well.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { MemoryLimit } from '../../../src/command/memory-limit.ts';
import type { Command, CommandResult } from '../../../src/command/run-command.ts';
import { run } from './command-under-test.ts';

const limit = { timeout: 20_000 };
const bytes = 200_000_000;

/** Asks the C library for memory and uses what it gets, as programs do that do not look. */
const allocate = (wanted: number): Command => [
  'python3',
  '-c',
  `import ctypes; c = ctypes.CDLL(None); c.malloc.restype = ctypes.c_void_p; ctypes.memset(c.malloc(${wanted}) or 0, 1, ${wanted})`,
];

function runLimited(command: Command, memory = new MemoryLimit(bytes)): Promise<CommandResult> {
  return memory.watch(async () => (await run(memory.applyTo(command))).result);
}

test('within the limit', limit, async () => {
  assert.equal((await runLimited(allocate(50_000_000))).exitCode, 0);
});

test('beyond the limit: a crash, and why', limit, async () => {
  await assert.rejects(runLimited(allocate(400_000_000)), { code: 'out-of-memory', message: /200000000 bytes/ });
});

test('without a limit the same command ends well', limit, async () => {
  assert.equal((await runLimited(allocate(400_000_000), new MemoryLimit(undefined))).exitCode, 0);
});

test('what the command starts has the limit too', limit, async () => {
  const quoted = allocate(400_000_000)
    .map((part) => `'${part}'`)
    .join(' ');
  assert.equal((await runLimited(['sh', '-c', `${quoted}; exit $((139 - $?))`])).exitCode, 0);
});

test('a signal that has nothing to do with memory is none of it', limit, async () => {
  assert.equal((await runLimited(['sh', '-c', 'kill -TERM $$'])).signal, 'SIGTERM');
  assert.equal((await runLimited(['sh', '-c', 'kill -KILL $$'])).signal, 'SIGKILL');
});

test('killed by the kernel, without a limit of ours', limit, async (t) => {
  const group = memoryGroup(t, 50_000_000);
  // Whoever may make no group cannot make the kernel kill. Then as much as holds anywhere: the kernel counts what it kills, and
  // a kill that it did not count is not told as want of memory, of however much memory.
  if (group === undefined) {
    assert.match(readFileSync('/proc/vmstat', 'utf8'), /^oom_kill \d+$/m);
    const greedy = [...allocate(100_000_000)];
    greedy.push(`${greedy.pop()}; import os; os.kill(os.getpid(), 9)`);
    assert.equal((await runLimited(greedy, new MemoryLimit(undefined))).signal, 'SIGKILL');
    return;
  }
  const command = ['sh', '-c', `${asRoot} sh -c "echo $$ > ${group}/cgroup.procs" && exec "$@"`, 'sh'];
  await assert.rejects(runLimited([...command, ...allocate(400_000_000)], new MemoryLimit(undefined)), {
    code: 'out-of-memory',
    message: /SIGKILL: the kernel has killed/,
  });
});

const asRoot = process.getuid?.() === 0 ? '' : 'sudo -n';

/**
 * The path of a cgroup, of the first or second kind, whose processes may have so much memory; it goes after the test.
 * Undefined where none can be made: that takes root, or sudo, and a container's cgroups are often not to be written to.
 */
function memoryGroup(t: TestContext, limitBytes: number): string | undefined {
  const first = '/sys/fs/cgroup/memory';
  const [parent, file] = existsSync(first) ? [first, 'memory.limit_in_bytes'] : ['/sys/fs/cgroup', 'memory.max'];
  const group = `${parent}/kafka-runner-test-${process.pid}`;
  const root = (script: string): unknown =>
    execFileSync('sh', ['-c', `${asRoot} sh -c '${script}'`], { stdio: 'pipe' });
  try {
    root(`mkdir ${group} && { echo ${limitBytes} > ${group}/${file} || { rmdir ${group}; exit 1; }; }`);
  } catch (error) {
    t.diagnostic(`no kill for want of memory is seen here, for no cgroup can be made: ${(error as Error).message}`);
    return undefined;
  }
  t.after(() => root(`rmdir ${group}`));
  return group;
}
