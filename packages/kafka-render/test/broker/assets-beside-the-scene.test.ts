// Expected: what a scene uses and what lies beside it in its bucket is fetched with it, for a Blender that stays and for one of
// each job, in a sandbox and without. What has changed is rendered anew, what has not is not fetched again. What lies above the
// scene's folder, or is too large, is not fetched.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { makeScene } from '../../../../lab/scenes/make-scenes.ts';
import type { KafkaRecord } from '../kafka-python.ts';
import { RenderFarm, type JobMessage } from '../render-farm.ts';
import type { RenderWorker } from '../render-worker.ts';

const limit = { timeout: 180_000 };
const scene = path.dirname(await makeScene('textured-linked'));
const folder = 'project/shot 1';
const scenesFolder = path.join(import.meta.dirname, '../../../../lab/scenes');

/** All of a folder, under the same names; resolves to the `scenePath` of the .blend. */
async function putFolder(farm: RenderFarm, at = folder): Promise<string> {
  const entries = await readdir(scene, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of entries.filter((entry) => entry.isFile())) {
    const file = path.join(parentPath, name);
    await farm.storage.put(farm.bucket, `${at}/${path.relative(scene, file)}`, file);
  }
  return `${farm.bucket}/${at}/textured-linked.blend`;
}

/** Of one colour, for it to be told from every other. */
async function picture(file: string, background: string): Promise<string> {
  await sharp({ create: { width: 32, height: 32, channels: 3, background } })
    .png()
    .toFile(file);
  return file;
}

/** What frame 7 of a job shows. */
async function pixelsOf(farm: RenderFarm, jobId = 1): Promise<string> {
  const { content } = await farm.storage.get(farm.bucket, `out/${jobId}/0007.png`);
  return (await sharp(content).raw().toBuffer()).toString('base64');
}

const commandsOf = (worker: RenderWorker, offset: number): number =>
  worker.log.filter((line) => line.message === 'runs' && line.offset === offset).length;

/** Sends jobs and waits until `count` have ended, well. Resolves to the last result. */
async function render(farm: RenderFarm, job: JobMessage, count: number): Promise<KafkaRecord> {
  await farm.send(job);
  const { results, errors } = await farm.ended(count);
  assert.deepEqual(errors, []);
  return results.at(-1) ?? assert.fail('no result');
}

test('brought with the scene; what has changed is rendered anew', limit, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await putFolder(farm);
  const worker = farm.startWorker({ args: ['--sandbox', 'require'] });
  const job = farm.job({ scenePath });
  const first = await render(farm, job, 1);
  const before = await pixelsOf(farm);
  assert.deepEqual([first.headers['scene-assets'], commandsOf(worker, 0)], ['2', 2]);
  const other = await render(farm, farm.job({ scenePath, jobId: 2 }), 2);
  assert.deepEqual([other.headers['scene-assets'], commandsOf(worker, 1)], ['2', 1], 'what it needs is known');
  assert.equal(await pixelsOf(farm, 2), before);
  assert.equal((await render(farm, job, 3)).headers['frames-delivered-before'], '1');

  const red = await picture(path.join(farm.folder.cwd, 'red.png'), 'red');
  await farm.storage.put(farm.bucket, `${folder}/textures/checker.png`, red);
  const changed = await render(farm, job, 4);
  const after = await pixelsOf(farm);
  assert.deepEqual([changed.headers['frames-delivered-before'], commandsOf(worker, 3)], [undefined, 1]);
  assert.notEqual(after, before);
  await worker.stop();

  // Another one asks Blender what the scene needs, and finds the frame there; and without a sandbox all is the same.
  const cold = farm.startWorker({ args: ['--sandbox', 'off', '--blender-mode', 'cold'] });
  assert.equal((await render(farm, job, 5)).headers['frames-delivered-before'], '1');
  assert.equal(commandsOf(cold, 4), 1);
  await render(farm, farm.job({ scenePath, jobId: 3 }), 6);
  assert.equal(await pixelsOf(farm, 3), after);
  assert.deepEqual(await readdir(path.join(farm.folder.cwd, 'scenes/.workers')).then((all) => all.length), 1);
});

test('too large, gone, and gone where that may be', limit, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await putFolder(farm);
  await farm.storage.remove(farm.bucket, `${folder}/textures/checker.png`);
  const bounded = farm.startWorker({ args: ['--max-asset-bytes', '1000'] });
  await farm.send(farm.job({ scenePath }));
  await farm.ended(1);
  await bounded.stop();
  const warning = farm.startWorker({ args: ['--missing-assets', 'warn'] });
  await farm.send(farm.job({ scenePath, jobId: 2 }));
  await farm.ended(2);
  await warning.stop();
  const strict = farm.startWorker();
  await farm.send(farm.job({ scenePath, jobId: 3 }));
  const { results, errors } = await farm.ended(3);
  assert.deepEqual(
    results.map(({ headers }) => [headers['job-offset'], headers['missing-assets'], headers['scene-assets']]),
    [['1', '//textures/checker.png', '1']],
  );
  const [large, gone] = errors.map(({ value }) => JSON.parse(value ?? '') as { code: string; message: string });
  assert.equal(large?.code, 'assets-too-large');
  assert.match(large?.message ?? '', /1 files beside the scene, of \d+ bytes in all; .* of 1000 bytes/);
  assert.equal(gone?.code, 'asset-missing');
  assert.match(
    gone?.message ?? '',
    /\/\/textures\/checker\.png; .*no object ".*\/project\/shot 1\/textures\/checker\.png"/,
  );
  assert.equal(commandsOf(strict, 2), 2, 'with the library, and then no more');
});

test('absolute paths: below an --asset-root they are there, outside of it not', limit, async (t) => {
  const farm = await RenderFarm.open(t);
  // Not below the temporary folder: nothing there would be seen anyhow.
  const disk = await mkdtemp(path.join(homedir(), '.asset-root-'));
  t.after(() => rm(disk, { recursive: true }));
  for (const name of ['studio', 'private']) await mkdir(path.join(disk, name));
  const jobs = [];
  for (const [jobId, name] of ['studio', 'private'].entries()) {
    const file = await picture(path.join(disk, name, 'red.png'), 'red');
    const key = `disk/${name}.blend`;
    const local = path.join(farm.folder.cwd, `${name}.blend`);
    const lines = [
      `import bpy, sys; sys.path.insert(0, ${JSON.stringify(scenesFolder)}); import scene_contents as contents`,
      `scene = contents.tiny(); contents.texture_world(scene, bpy.data.images.load(${JSON.stringify(file)}))`,
      `bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(local)}, relative_remap=False)`,
    ];
    execFileSync('blender', ['--factory-startup', '-noaudio', '--background', '--python-expr', lines.join('\n')]);
    await farm.storage.put(farm.bucket, key, local);
    jobs.push(farm.job({ jobId, scenePath: `${farm.bucket}/${key}` }));
  }
  farm.startWorker({ args: ['--sandbox', 'require', '--asset-root', path.join(disk, 'studio')] });
  await farm.send(...jobs);
  const { results, errors } = await farm.ended(2);
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['0'],
  );
  const [error] = errors.map(({ value }) => JSON.parse(value ?? '') as { code: string; message: string });
  assert.equal(error?.code, 'asset-missing');
  assert.match(error?.message ?? '', /private\/red\.png/);
});
