import path from 'node:path';
import { MinioClient, readMinioCredentials } from 'kafka-runner';
import type { Lab } from '../lab/lab.ts';
import { makeScene } from '../lab/scenes/make-scenes.ts';
import { FrameWatch } from './frame-watch.ts';
import { limitLoop, putScenes, renderCold, type RenderBench } from './render-bench.ts';
import { compare, measureRow, takeRounds, type Row } from './row.ts';
import { quantileOf, secondsOf } from './statistics.ts';

/** How many scenes there are of the same content under names of their own. */
const manyScenes = 20;

/** One worker with one slot, against Blender alone. */
export async function* renderRows(lab: Lab, bench: RenderBench, quick: boolean): AsyncGenerator<Row> {
  yield await latencyRow(lab, bench, quick);
  yield await manyScenesRow(lab, bench, quick);
  yield* animationRows(lab, bench, quick, 'tiny', '64x64');
  yield* animationRows(lab, bench, quick, 'wide', '640x360');
  yield await bigSceneRow(lab, bench, quick);
}

async function latencyRow(lab: Lab, bench: RenderBench, quick: boolean): Promise<Row> {
  const eachMs: number[] = [];
  const jobs = quick ? 20 : 10;
  const one = async (): Promise<void> => void eachMs.push(1_000 * (await secondsOf(() => bench.run(1))));
  return await measureRow(
    {
      name: 'idle latency, produce to result, one 64x64 frame',
      comparedWith: 'the render time inside Blender',
      unit: 'ms',
      bar: 'at most 40 ms more, 80 ms at p99',
      isMet: (_ratio, oursMs, bareMs) => oursMs - bareMs <= 40 && quantileOf(eachMs, 0.99) - bareMs <= 80,
    },
    quick ? 2 : 20,
    async () => {
      for (let job = 0; job < jobs; job += 1) await one();
      return quantileOf(eachMs.slice(-jobs), 0.5);
    },
    async () => (1_000 * (await limitLoop(lab, jobs)).seconds) / jobs,
  );
}

async function manyScenesRow(lab: Lab, bench: RenderBench, quick: boolean): Promise<Row> {
  const jobs = 100;
  const scene = await makeScene('tiny');
  await putScenes(lab, Object.fromEntries(Array.from({ length: manyScenes }, (_, index) => [`${index}/tiny`, 'tiny'])));
  return await measureRow(
    {
      name: `${jobs} queued jobs over ${manyScenes} scenes, one slot`,
      comparedWith: 'the same loop, opening each file',
      unit: 'jobs/s',
      bar: 'at least 0.7 times',
      isMet: (ratio) => ratio >= 0.7,
    },
    quick ? 1 : 5,
    async () => jobs / (await secondsOf(() => bench.run(jobs, (index) => ({ scene: `${index % manyScenes}/tiny` })))),
    async () => jobs / (await limitLoop(lab, jobs, [scene])).seconds,
  );
}

/** A job of many frames: how long it takes, and how long after its last frame. */
async function* animationRows(
  lab: Lab,
  bench: RenderBench,
  quick: boolean,
  scene: 'tiny' | 'wide',
  size: string,
): AsyncGenerator<Row> {
  const numFrames = quick ? (scene === 'wide' ? 10 : 50) : 200;
  const lastFile = `${String(numFrames).padStart(4, '0')}.png`;
  const afterLastMs: number[] = [];
  const animation = async (): Promise<number> => {
    using watch = new FrameWatch(bench.folder, lastFile);
    const ms = 1_000 * (await secondsOf(() => bench.run(1, () => ({ scene, numFrames }))));
    afterLastMs.push(performance.now() - watch.writtenMs);
    return ms;
  };
  const taken = await takeRounds(quick ? 1 : 3, {
    ours: animation,
    upload: () => uploadMs(lab, `${bench.lastOutput}/${lastFile}`),
    bare: async () => 1_000 * (await secondsOf(() => renderCold(lab, scene, 1, numFrames))),
  });
  const animationSpec = {
    name: `one job of ${numFrames} frames, ${size}`,
    comparedWith: `one \`blender -b -s 1 -e ${numFrames} -a\``,
    unit: 'ms',
    bar: 'at most 1.05 times',
    isMet: (ratio: number) => ratio <= 1.05,
  } as const;
  yield compare(animationSpec, taken.ours, taken.bare);
  const afterLastSpec = {
    name: `from the last frame written by Blender to the response, ${size}`,
    comparedWith: 'the upload of one frame',
    unit: 'ms',
    bar: 'at most 2 times',
    isMet: (ratio: number) => ratio <= 2,
  } as const;
  yield compare(afterLastSpec, afterLastMs, taken.upload);
}

/** How long it takes to upload a picture that is in storage, by the client that the worker uses. */
async function uploadMs(lab: Lab, key: string): Promise<number> {
  using storage = new MinioClient(await readMinioCredentials(lab.minio.credentialsFile));
  const file = path.join(lab.folder, 'uploaded.png');
  await storage.downloadFile('frames', key, file);
  const eachMs: number[] = [];
  for (let upload = 0; upload < 20; upload += 1)
    eachMs.push(1_000 * (await secondsOf(() => storage.uploadFile('frames', `uploaded/${upload}.png`, file))));
  return quantileOf(eachMs, 0.5);
}

async function bigSceneRow(lab: Lab, bench: RenderBench, quick: boolean): Promise<Row> {
  const jobs = quick ? 10 : 20;
  return await measureRow(
    {
      name: `${jobs} queued jobs on a scene of 50 MB`,
      comparedWith: 'a loop of `blender -b scene -f 1`',
      unit: 'jobs/s',
      bar: 'at least 3 times',
      isMet: (ratio) => ratio >= 3,
    },
    quick ? 1 : 3,
    async () => jobs / (await secondsOf(() => bench.run(jobs, () => ({ scene: 'big' })))),
    async () => 1 / (await secondsOf(() => renderCold(lab, 'big'))),
  );
}
