import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { FailedError, InterruptedError } from '../../../src/errors.ts';
import { run, sh } from './command-under-test.ts';

const limit = { timeout: 20_000 };
const reason = new InterruptedError('shutdown', 'stopped by SIGTERM');

test('the exit code and how long it took', limit, async () => {
  const { result } = await sh('sleep 0.2; exit 3');
  assert.deepEqual([result.exitCode, result.signal], [3, null]);
  assert.ok(result.elapsedSeconds >= 0.2 && result.elapsedSeconds < 5, `${result.elapsedSeconds} s`);
});

test('the signal that ended it', limit, async () => {
  const { result } = await sh('kill -SEGV $$');
  assert.deepEqual([result.exitCode, result.signal], [null, 'SIGSEGV']);
});

test('lines of both outputs, each told from the other; the text is standard output alone', limit, async () => {
  const { lines, output } = await sh('echo one; echo two >&2; printf "three\\r\\nfour"');
  assert.deepEqual(lines.toSorted(), ['stderr: two', 'stdout: four', 'stdout: one', 'stdout: three']);
  assert.equal(output.text(), 'one\nthree\r\nfour');
  assert.equal(output.tail().length, 4);
});

test('arguments arrive as they are: no shell reads them', limit, async () => {
  const args = [
    'two words',
    `a 'quoted' "one"`,
    '$(touch /tmp/never)',
    '`id`',
    '*',
    'line\nbreak',
    '',
    '--',
    '-n',
    '日本',
    '%s\\t',
  ];
  const { output } = await run(['printf', '%s\\0', ...args]);
  assert.deepEqual(output.text().split('\0'), [...args, '']);
});

test('the folder and TMPDIR are those of the job; standard input is empty', limit, async (t) => {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'command-')));
  t.after(() => rm(folder, { recursive: true }));
  const { output } = await sh('pwd; echo "$TMPDIR"; wc -c', { cwd: folder, temporaryFolder: path.join(folder, 'tmp') });
  assert.deepEqual(output.text().split('\n'), [folder, path.join(folder, 'tmp'), '0', '']);
});

test('what cannot be started fails the job and says what and why', limit, async () => {
  const refused: [string[], RegExp][] = [
    [['/nowhere/blender'], /cannot start "\/nowhere\/blender": .*ENOENT/],
    [['no-such-program-anywhere'], /ENOENT/],
    [['/etc/passwd'], /EACCES/],
    [['/tmp'], /EACCES/],
    [[], /an empty list of arguments/],
    [[''], /cannot start ""/],
    [['echo', 'a\0b'], /null bytes/],
    [['echo', 'x'.repeat(200_000)], /E2BIG/],
  ];
  for (const [argv, message] of refused) {
    await assert.rejects(
      run(argv),
      (error) => error instanceof FailedError && error.code === 'command-not-started' && message.test(error.message),
      argv.join(' ').slice(0, 40),
    );
  }
});

test('aborted before the start: nothing is started, the reason is thrown', limit, async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'command-'));
  t.after(() => rm(folder, { recursive: true }));
  await assert.rejects(run(['touch', path.join(folder, 'started')], { signal: AbortSignal.abort(reason) }), reason);
  await assert.rejects(realpath(path.join(folder, 'started')), { code: 'ENOENT' });
});

test('aborted: ended by SIGTERM, with time to tidy up', limit, async () => {
  const controller = new AbortController();
  const lines: string[] = [];
  const running = sh('trap "echo tidied; exit 0" TERM; echo ready; sleep 60 & wait', {
    signal: controller.signal,
    onLine: (line) => {
      lines.push(line);
      if (line === 'ready') controller.abort(reason);
    },
  });
  await assert.rejects(running, reason);
  assert.deepEqual(lines, ['ready', 'tidied']);
});

test('the first cause stays, whatever is said after it', limit, async () => {
  const [shutdown, revoked] = [new AbortController(), new AbortController()];
  const running = sh('trap "" TERM; echo ready; sleep 60 & wait', {
    signal: AbortSignal.any([revoked.signal, shutdown.signal]),
    onLine: () => {
      shutdown.abort(reason);
      revoked.abort(new InterruptedError('partition-lost', 'too late'));
    },
  });
  await assert.rejects(running, reason);
});

test('an abort that comes with the end of the command counts: its result is not used', limit, async () => {
  const controller = new AbortController();
  const running = sh('echo last', { signal: controller.signal, onLine: () => controller.abort(reason) });
  await assert.rejects(running, reason);
});
