import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test, type TestContext } from 'node:test';
import { ConfigError } from 'kafka-runner';
import { parseBlenderVersion, probeBlender } from '../../../src/blender/blender-version.ts';

async function program(t: TestContext, script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'blender-version-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'blender');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

const says = (pattern: RegExp) => (error: Error) =>
  error instanceof ConfigError && pattern.test(error.message) && error.message.includes('-b PATH');

test('reads the version as each generation prints it', () => {
  const printed = [
    'Blender 2.83.0\n\tbuild date: 2020-06-03',
    'Blender 3.4.1\n',
    'Blender 5.1.0 Alpha\n\tbuild hash: a',
  ];
  assert.deepEqual(printed.map(parseBlenderVersion), [
    { version: '2.83.0', major: 2, minor: 83 },
    { version: '3.4.1', major: 3, minor: 4 },
    { version: '5.1.0', major: 5, minor: 1 },
  ]);
});

test('a program that prints noise before its version', async (t) => {
  const executable = await program(t, 'echo "Color management: using fallback"; echo "Blender 4.2.3 LTS"');
  assert.deepEqual(await probeBlender(executable), {
    ...{ executable, kind: 'executable' },
    ...{ version: '4.2.3', major: 4, minor: 2 },
  });
});

/** Answers `--version` as Python does, and `-c` as told. */
const python = (t: TestContext, answer: string): Promise<string> =>
  program(t, `case $1 in --version) echo Python 3.11.7;; -c) ${answer};; esac`);

test('a Python with the module bpy, which may print before its version', async (t) => {
  const executable = await python(t, "echo 'Read prefs: ...'; echo Blender 5.0.1");
  assert.deepEqual(await probeBlender(executable), {
    ...{ executable, kind: 'module' },
    ...{ version: '5.0.1', major: 5, minor: 0 },
  });
});

test('a real Python without bpy: how to get it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'empty-python-'));
  await promisify(execFile)('python3', ['-m', 'venv', '--without-pip', folder]);
  try {
    const python3 = join(folder, 'bin/python');
    await assert.rejects(probeBlender(python3), says(/is Python 3.*No module named 'bpy'.*-m pip install bpy/));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a module that does not load says why', async (t) => {
  const executable = await python(t, "echo 'ImportError: libXi.so.6: cannot open' >&2; exit 1");
  await assert.rejects(probeBlender(executable), says(/bpy does not load \(ImportError: libXi\.so\.6: cannot open\)/));
});

test('a module bpy that is something else, or hangs', async (t) => {
  await assert.rejects(probeBlender(await python(t, 'echo fake')), says(/module bpy of .* is not Blender/));
  await assert.rejects(probeBlender(await python(t, 'exec sleep 60'), 500), says(/within 0\.5 s/));
});

test('a program that is missing', async () => {
  await assert.rejects(probeBlender('/nowhere/blender'), says(/does not start .*ENOENT/));
});

test('a program that is not Blender', async (t) => {
  await assert.rejects(probeBlender(await program(t, 'echo GNU tar 1.34')), says(/is not Blender.*GNU tar/s));
});

test('a program that fails', async (t) => {
  await assert.rejects(probeBlender(await program(t, 'echo no licence >&2; exit 3')), says(/no licence/));
});

test('a program that hangs is ended', async (t) => {
  await assert.rejects(probeBlender(await program(t, 'exec sleep 60'), 200), says(/within 0\.2 s/));
});
