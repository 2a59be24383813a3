import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from 'kafka-runner';
import {
  blenderArgv,
  renderScript,
  residentArgv,
  residentScript,
  type RenderRequest,
} from '../../../src/blender/blender-argv.ts';

const request: RenderRequest = {
  scenePath: '/work/scenes/a b.blend',
  frames: [
    { first: 7, last: 9 },
    { first: 12, last: 12 },
  ],
  outputFolder: '/work/out/1',
  reportPath: '/work/report/1.jsonl',
};

const blender = { executable: '/opt/blender/blender', kind: 'executable' } as const;
const python = { executable: '/opt/venv/bin/python', kind: 'module' } as const;
const before = ['/opt/blender/blender', '--factory-startup', '-noaudio', '-Y'];
const script = ['--background', '--python-exit-code', '10', '--python', renderScript, '--'];
const job = [
  '--scene=/work/scenes/a b.blend',
  '--frames=7-9,12',
  '--output=/work/out/1',
  '--report=/work/report/1.jsonl',
];

test('the least that a job needs', () => {
  assert.deepEqual(blenderArgv(blender, request), [...before, ...script, ...job]);
});

test('everything that can be asked for', () => {
  const argv = blenderArgv(blender, {
    ...request,
    useGpu: true,
    gpuMissing: 'fail',
    maxPixels: 1000,
    missingAssets: 'warn',
    blockedScripts: 'fail',
    threads: 2,
  });
  const more = ['--gpu', '--gpu-missing=fail', '--max-pixels=1000', '--missing-assets=warn', '--blocked-scripts=fail'];
  assert.deepEqual(argv, [...before, '-t', '2', ...script, ...job, ...more]);
});

test('a Python with the module: the same script and job, and no arguments of Blender', () => {
  assert.deepEqual(blenderArgv(python, request), ['/opt/venv/bin/python', renderScript, '--', ...job]);
  const argv = blenderArgv(python, { ...request, useGpu: true, threads: 2 });
  assert.deepEqual(argv.slice(3), [...job, '--gpu', '--gpu-missing=cpu', '--threads=2']);
});

test('scripts are off before the scene is opened, unless they are allowed', () => {
  const argv = blenderArgv(blender, { ...request, allowScripts: true });
  assert.deepEqual(argv, [...before.slice(0, -1), '-y', ...script, ...job, '--allow-scripts']);
  assert.deepEqual(blenderArgv(blender, { ...request, allowScripts: false }), blenderArgv(blender, request));
});

test('a Blender that stays', () => {
  const flags = ['--background', '--python-exit-code', '10', '--python', residentScript];
  assert.deepEqual(residentArgv(blender), [...before, ...flags]);
  assert.deepEqual(residentArgv(blender, 2), [...before, '-t', '2', ...flags]);
  assert.deepEqual(residentArgv(python, 2), ['/opt/venv/bin/python', residentScript]);
});

test('useGPU false is the same as not asking for it', () => {
  assert.deepEqual(
    blenderArgv(blender, { ...request, useGpu: false, gpuMissing: 'fail' }),
    blenderArgv(blender, request),
  );
});

test('paths that Blender would change are refused', () => {
  for (const changes of [{ scenePath: '/a\\b.blend' }, { scenePath: 'a.blend' }, { outputFolder: '-out' }]) {
    assert.throws(() => blenderArgv(blender, { ...request, ...changes }), ConfigError);
  }
});
