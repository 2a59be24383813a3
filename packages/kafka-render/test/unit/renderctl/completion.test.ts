import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { renderSettings } from '../../../src/config.ts';
import { bashCompletion } from '../../../src/renderctl/completion/bash.ts';
import { completedCommand } from '../../../src/renderctl/completion/completed-command.ts';
import { fishCompletion } from '../../../src/renderctl/completion/fish.ts';
import { zshCompletion } from '../../../src/renderctl/completion/zsh.ts';
import { commands } from '../../../src/renderctl/commands.ts';

const completed = Object.entries(commands).map(([name, { help, spec }]) =>
  completedCommand(name, help, spec, name === 'completion' ? ['bash', 'zsh', 'fish'] : []),
);

/** What an interactive bash on a terminal makes of keys, each line ended by the return key. */
async function typed(t: TestContext, ...lines: string[]): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'completion-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'my scene.blend'), '');
  // Instead of the program: it says what it was given.
  const program = 'kafka-renderctl() { printf "<%s>" "$@"; printf "\\n"; }\n';
  writeFileSync(path.join(folder, 'rc'), `PS1=\n${program}${bashCompletion('kafka-renderctl', completed)}`);
  const bash = spawn('script', ['-qec', 'bash --noprofile --rcfile rc -i', '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], TERM: 'dumb', INPUTRC: '/dev/null' },
  });
  let text = '';
  bash.stdout.on('data', (chunk) => (text += String(chunk)));
  bash.stdin.end(`${lines.map((line) => `kafka-renderctl ${line}\n`).join('')}exit\n`);
  await once(bash, 'close');
  return text
    .split('\n')
    .filter((line) => line.startsWith('<'))
    .map((line) => line.trimEnd());
}

test('bash completes commands, options, their values, and names of files', { timeout: 30_000 }, async (t) => {
  const said = await typed(
    t,
    'ver\t',
    'submit my\t--fra\t7 --ass\tle\t',
    'submit --assets=le\t',
    'completion z\t',
    'doctor --config my\t',
  );
  assert.deepEqual(said, [
    '<verify>',
    '<submit><my scene.blend><--frames><7><--assets><leave>',
    '<submit><--assets=leave>',
    '<completion><zsh>',
    '<doctor><--config><my scene.blend>',
  ]);
});

test('each shell is told of every option of every command', () => {
  const scripts = [bashCompletion, zshCompletion, fishCompletion].map((make) => make('kafka-renderctl', completed));
  for (const { name, options } of completed) {
    for (const option of options.flatMap(({ names }) => names)) {
      for (const [at, script] of scripts.entries()) {
        const spelt = at < 2 ? option : option.replace(/^-(?!-)/, '-s ').replace(/^--/, '-l ');
        assert.ok(script.includes(spelt), `${name} ${option} in ${script.slice(0, 60)}`);
      }
    }
  }
});

test('whatever kafka-renderctl reads from the environment may stand in the settings file', () => {
  const variables = Object.values(commands).flatMap(({ spec }) =>
    [...Object.values(spec.options), ...spec.positionals].flatMap(({ env }) => env ?? []),
  );
  assert.deepEqual(
    variables.filter((variable) => !renderSettings.variables.includes(variable)),
    [],
  );
});
