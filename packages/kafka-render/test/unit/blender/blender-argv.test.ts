import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from 'kafka-runner';
import { blenderArgv, renderScript, type RenderRequest } from '../../../src/blender/blender-argv.ts';

const request: RenderRequest = {
  scenePath: '/work/scenes/a b.blend',
  frames: [
    { first: 7, last: 9 },
    { first: 12, last: 12 },
  ],
  outputFolder: '/work/out/1',
  reportPath: '/work/report/1.jsonl',
};

const before = ['/opt/blender/blender', '--factory-startup', '-noaudio', '-Y'];
const scene = ['/work/scenes/a b.blend', '--background'];
const script = ['--python-exit-code', '10', '--python', renderScript, '--'];
const job = [
  '--scene=/work/scenes/a b.blend',
  '--frames=7-9,12',
  '--output=/work/out/1',
  '--report=/work/report/1.jsonl',
];

test('the least that a job needs', () => {
  assert.deepEqual(blenderArgv('/opt/blender/blender', request), [...before, ...scene, ...script, ...job]);
});

test('everything that can be asked for', () => {
  const argv = blenderArgv('/opt/blender/blender', {
    ...request,
    useGpu: true,
    gpuMissing: 'fail',
    maxPixels: 1000,
    missingAssets: 'ignore',
    blockedScripts: 'fail',
    threads: 2,
  });
  const more = [
    '--gpu',
    '--gpu-missing=fail',
    '--max-pixels=1000',
    '--missing-assets=ignore',
    '--blocked-scripts=fail',
  ];
  assert.deepEqual(argv, [...before, '-t', '2', ...scene, ...script, ...job, ...more]);
});

test('useGPU false is the same as not asking for it', () => {
  assert.deepEqual(
    blenderArgv('blender', { ...request, useGpu: false, gpuMissing: 'fail' }),
    blenderArgv('blender', request),
  );
});

test('paths that Blender would change are refused', () => {
  for (const changes of [{ scenePath: '/a\\b.blend' }, { scenePath: 'a.blend' }, { outputFolder: '-out' }]) {
    assert.throws(() => blenderArgv('blender', { ...request, ...changes }), ConfigError);
  }
});
