import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from 'kafka-runner';
import type { SceneEvent } from '../../src/blender/render-report.ts';
import { reportScene } from '../../src/report-scene.ts';
import { sceneEvent } from './blender/scene-event.ts';

/** What is said of a scene: the headers of the result, and the codes of the warnings. */
function saidOf(changes: Partial<SceneEvent>) {
  const headers = new Map<string, string>();
  const warnings: string[] = [];
  const warn = ({ code }: { code: string }): void => void warnings.push(code);
  reportScene([sceneEvent(changes)], { headers, logger: { warn } } as unknown as Job);
  return { headers: Object.fromEntries(headers), warnings };
}

const onCpu = { 'blender-version': '3.4.1', engine: 'CYCLES', device: 'CPU', threads: '2' };

test('the CPU was asked for', () => assert.deepEqual(saidOf({}), { headers: onCpu, warnings: [] }));

test('a GPU was asked for and there is none', () => {
  const device = { requested: 'GPU', used: 'CPU', backend: null, names: [] } as const;
  assert.deepEqual(saidOf({ device: { ...device, names: [] } }), {
    headers: { ...onCpu, 'gpu-missing': 'true' },
    warnings: ['gpu-missing'],
  });
});

test('two GPUs', () => {
  const device = { requested: 'GPU' as const, used: 'GPU' as const, backend: 'OPTIX', names: ['One', 'Two'] };
  const headers = { ...onCpu, device: 'GPU', 'device-backend': 'OPTIX', 'device-name': 'One, Two' };
  assert.deepEqual(saidOf({ device }), { headers, warnings: [] });
});

for (const requested of ['GPU', 'CPU'] as const) {
  test(`EEVEE draws with the graphics driver, and the ${requested} was asked for`, () => {
    const device = { requested, used: 'DRIVER' as const, backend: null, names: [] };
    const headers = { ...onCpu, engine: 'BLENDER_EEVEE', device: 'DRIVER' };
    const expected =
      requested === 'GPU'
        ? { headers: { ...headers, 'gpu-missing': 'unknown' }, warnings: ['gpu-unknown'] }
        : { headers, warnings: [] };
    assert.deepEqual(saidOf({ engine: 'BLENDER_EEVEE', device }), expected);
  });
}

test('files that are missing', () => {
  assert.deepEqual(saidOf({ missingAssets: '//gone.png' }), {
    headers: { ...onCpu, 'missing-assets': '//gone.png' },
    warnings: ['asset-missing'],
  });
});

test('scripts that were not run', () => {
  assert.deepEqual(saidOf({ blockedScripts: 'Text on_open.py' }), {
    headers: { ...onCpu, 'scripts-blocked': 'Text on_open.py' },
    warnings: ['scripts-blocked'],
  });
});
