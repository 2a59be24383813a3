// Expected: a job whose frames take more of the disk than `--max-job-bytes` ends with its code at the first attempt, and the
// next one, which takes less, is done.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';

const scenes = path.join(import.meta.dirname, '../../../../lab/scenes');

/** A frame of 12 MB, which is on the disk for as long as it takes to be written, looked at and uploaded. */
const make = (file: string): string => `
import bpy, sys; sys.path.insert(0, ${JSON.stringify(scenes)}); import scene_contents as contents
scene = contents.counter()
scene.render.resolution_x = scene.render.resolution_y = 2000
scene.render.image_settings.compression = 0
bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(file)})`;

test('--max-job-bytes', { timeout: 120_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const file = path.join(farm.folder.cwd, 'huge.blend');
  execFileSync('blender', ['--factory-startup', '-noaudio', '--background', '--python-expr', make(file)]);
  await farm.storage.put(farm.bucket, 'huge.blend', file);
  farm.startWorker({ args: ['--max-job-bytes', '1000000'] });
  const small = farm.job({ jobId: 2, scenePath: await farm.putScene('counter') });
  await farm.send(farm.job({ scenePath: `${farm.bucket}/huge.blend` }), small);
  const { results, errors } = await farm.ended(2);
  const [error] = errors.map(({ value }) => JSON.parse(value ?? '') as Record<string, unknown>);
  assert.deepEqual([error?.['code'], error?.['attempts'], error?.['offset']], ['job-too-large', 1, 0]);
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['1'],
  );
});
