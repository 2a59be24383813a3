// Expected: a worker with a resident program does its jobs in one process, while the next jobs are prepared and the results
// of those before go out; each ends once. A job that kills the program fails alone. A worker that is killed with -9 takes its
// programs along, and the next one does what was left. A memory limit holds, and what it ends is told as that.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixture } from '../fault/command/command-under-test.ts';
import { processesWith } from '../kafka/processes-with.ts';
import { RunnerUnderTest, type TestJob } from '../kafka/runner-under-test.ts';

const program = fixture('resident-shell.py');

function python(jobId: number, code: string): TestJob {
  return { jobId, command: ['python', '-c', code] };
}

test('many jobs, one of them deadly', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const jobs = Array.from({ length: 40 }, (_, jobId) => python(jobId, 'print(state["pid"])'));
  await runner.send(...jobs.slice(0, 20), python(100, 'os.kill(os.getpid(), 11)'), ...jobs.slice(20));
  const resident = { command: ['python3', program] };
  const worker = await runner.startAssigned({ resident, prefetch: 1, maxAttempts: 1 });
  const { terminals } = await runner.assertAllDone();
  const errors = terminals.filter(({ kind }) => kind === 'error');
  assert.deepEqual(
    errors.map(({ value }) => [value['code'], value['jobId']]),
    [['command-failed', 100]],
  );
  assert.match(String(errors[0]?.value['message']), /SIGSEGV/);
  const pids = new Set(terminals.flatMap(({ value }) => value['printed'] ?? []));
  assert.equal(pids.size, 2, 'one before, one after the death');
  const ran = worker.lines.filter(({ message }) => message === 'runs').map(({ command }) => String(command));
  assert.ok(ran.includes(`python -c 'os.kill(os.getpid(), 11)'`), 'a command that can be pasted is in the log');
});

test('a worker that is killed', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const session = { sessionTimeoutMs: 2_000, resident: { command: ['python3', program, runner.folder] }, prefetch: 1 };
  const first = await runner.startAssigned(session);
  const once = `os.mkdir("${runner.folder}/begun"); print("begun", flush=True); time.sleep(60)`;
  await runner.send(python(1, `os.path.exists("${runner.folder}/begun") or exec('${once}')`), python(2, 'pass'));
  await first.logged(/^begun$/);
  assert.ok(processesWith(runner.folder).length > 0);
  await first.kill();
  await sleep(1_500);
  assert.deepEqual(processesWith(program), [], 'its programs are gone');
  const second = runner.start(session);
  await second.logged(/^completed$/);
  await runner.assertAllDone();
});

// glibc: memory that the kernel gives, and that is written to.
const greedy = (bytes: number): string =>
  `import ctypes; c = ctypes.CDLL(None); c.malloc.restype = ctypes.c_void_p; ctypes.memset(c.malloc(${bytes}) or 0, 1, ${bytes})`;

for (const [kind, resident] of [
  ['a process for each', undefined],
  ['a resident program', { command: ['python3', program] }],
] as const) {
  test(`commands under a memory limit, in ${kind}`, { timeout: 60_000 }, async (t) => {
    const runner = await RunnerUnderTest.create(t);
    const interpreter = resident ? 'python' : 'python3';
    const job = (jobId: number, bytes: number): TestJob => ({ jobId, command: [interpreter, '-c', greedy(bytes)] });
    await runner.send(job(1, 50_000_000), job(2, 400_000_000), job(3, 50_000_000));
    const limit = { commandMemoryBytes: 200_000_000, maxAttempts: 1 };
    await runner.startAssigned({ ...limit, ...(resident && { resident }) });
    const { terminals } = await runner.assertAllDone();
    const ends = terminals.map(({ kind: end, value }) => [value['jobId'], end === 'error' ? value['code'] : 'done']);
    assert.deepEqual(Object.fromEntries(ends), { 1: 'done', 2: 'out-of-memory', 3: 'done' });
  });
}
