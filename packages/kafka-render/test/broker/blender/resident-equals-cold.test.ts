// A Blender that stays renders what a fresh one would: a hundred random jobs, hostile and broken scenes among them, by the
// same argument lists; the pixels, the files and the verdicts are those of a process for each job.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import sharp from 'sharp';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import type { SceneName } from '../../../../../lab/scenes/scene-names.ts';
import { randomNumbers, seed } from '../../../../kafka-runner/test/fault/suite/random.ts';
import { residentArgv } from '../../../src/blender/blender-argv.ts';
import { outcomeOf, type Outcome } from './job-outcome.ts';
import { ResidentBlender } from './resident-blender.ts';
import { runBlender } from './run-blender.ts';
import { testedBlender } from './tested-blender.ts';

const scenes: readonly SceneName[] = [
  ...([
    'tiny',
    'counter',
    'cloth-counter',
    'eevee',
    'textured-linked',
    'jpeg',
    'png-16',
    'tiff',
    'webp',
    'exr',
  ] as const),
  ...(['exr-multilayer', 'file-output-node', 'stereo', 'side-by-side', 'awkward', 'cropped', 'half-size'] as const),
  ...(['missing-texture', 'no-camera', 'render-error', 'scripts', 'freestyle-script', 'movie', 'too-large'] as const),
  ...(['script-error', 'image-strip', 'missing-strip', 'last-picture', 'persistent-data'] as const),
];
const jobs = 100;

test(`${jobs} random jobs (FAULT_SEED=${seed})`, { timeout: 1_200_000 }, async (t) => {
  const random = randomNumbers();
  const below = (count: number): number => Math.floor(random() * count);
  const resident = await ResidentBlender.start(t, residentArgv(testedBlender));
  const cold = new Map<string, Outcome>();
  let scene: SceneName = 'tiny';
  for (let job = 0; job < jobs; job += 1) {
    // Every other job on average is of the same scene again, which may be open.
    if (below(2) === 0) scene = scenes[below(scenes.length)] ?? scene;
    const changes = { startFrame: 1 + 6 * below(2), numFrames: 1 + below(2) };
    const name: string = `${scene}, ${changes.numFrames} from ${changes.startFrame}`;
    const scenePath = await makeScene(scene);
    if (!cold.has(name)) cold.set(name, await outcomeOf(await runBlender(t, scenePath, changes)));
    const folder = await mkdtemp(path.join(tmpdir(), 'resident-job-'));
    const run = await resident.run(scenePath, changes, folder);
    assert.deepEqual(await outcomeOf(run), cold.get(name), `job ${job}: ${name}`);
    await rm(folder, { recursive: true });
  }
  t.diagnostic(`${cold.size} different jobs, ${resident.processes} processes`);
});

test('a scene stays open for one job after the other', async (t) => {
  const { opened, pictures } = await sameSceneAgain(t, 'counter', [1, 2, 3, 4, 2]);
  assert.deepEqual(opened, [true, false, false, false, false]);
  assert.equal(pictures[4], pictures[1]);
  assert.equal(new Set(pictures).size, 4);
});

for (const scene of ['last-picture', 'persistent-data', 'image-strip'] as const) {
  test(`${scene}: is opened for each job, as the picture may depend on more than the scene`, async (t) => {
    const { opened, pictures } = await sameSceneAgain(t, scene, [1, 1, 1]);
    assert.deepEqual(opened, [true, true, true]);
    assert.equal(new Set(pictures).size, 1);
  });
}

test('a refusal before rendering keeps the process, an error while rendering replaces it', async (t) => {
  const resident = await ResidentBlender.start(t, residentArgv(testedBlender));
  const codes: unknown[] = [];
  const run = async (scene: SceneName) => {
    codes.push((await resident.run(await makeScene(scene), {}, await folderOf(t))).report.error?.code);
  };
  for (const scene of ['no-camera', 'missing-strip', 'no-camera', 'tiny'] as const) await run(scene);
  assert.ok(resident.processes <= 2, 'one process, with a spare beside it');
  for (const scene of ['render-error', 'render-error', 'tiny'] as const) await run(scene);
  assert.ok(resident.processes >= 3, 'each job in a process of its own');
  assert.deepEqual(codes, [
    ...['no-camera', 'asset-missing', 'no-camera', undefined],
    ...['render-error', 'render-error', undefined],
  ]);
});

test('scripts that were refused are told of the scene that has them, and of no other', async (t) => {
  const resident = await ResidentBlender.start(t, residentArgv(testedBlender));
  const said = [];
  for (const scene of ['scripts', 'counter', 'scripts', 'counter'] as const) {
    const { report } = await resident.run(await makeScene(scene), {}, await folderOf(t));
    said.push(Boolean(report.done?.blockedScripts));
  }
  assert.deepEqual(said, [true, false, true, false]);
  assert.ok(resident.processes <= 2, 'in one process, with a spare beside it');
});

/** For each of the jobs: whether the scene was opened for it, and a hash of its picture. */
async function sameSceneAgain(t: TestContext, name: SceneName, startFrames: readonly number[]) {
  const resident = await ResidentBlender.start(t, residentArgv(testedBlender));
  const scene = await makeScene(name);
  const [opened, pictures] = [[] as boolean[], [] as unknown[]];
  for (const startFrame of startFrames) {
    const run = await resident.run(scene, { startFrame }, await folderOf(t));
    opened.push(run.log.includes('Read blend'));
    pictures.push(...Object.values((await outcomeOf(run)).files));
  }
  return { opened, pictures };
}

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'resident-job-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('a texture beside the scene that changes between two jobs is seen', async (t) => {
  const resident = await ResidentBlender.start(t, residentArgv(testedBlender));
  const folder = await folderOf(t);
  await cp(path.dirname(await makeScene('textured-linked')), folder, { recursive: true });
  const [scene, texture] = [path.join(folder, 'textured-linked.blend'), path.join(folder, 'textures/checker.png')];
  const shown = [];
  for (const colour of ['red', 'blue'] as const) {
    await writeFile(
      texture,
      await sharp({ create: { width: 32, height: 32, channels: 3, background: colour } })
        .png()
        .toBuffer(),
    );
    const [ours, cold] = [await resident.run(scene, {}, await folderOf(t)), await runBlender(t, scene)];
    const { files } = await outcomeOf(ours);
    assert.deepEqual(files, (await outcomeOf(cold)).files, colour);
    shown.push(files['0001.png']);
  }
  assert.notEqual(shown[0], shown[1]);
});
