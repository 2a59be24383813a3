import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab/lab.ts';
import { makeScene } from '../lab/scenes/make-scenes.ts';
import { limitSeconds, manyScenes, putScenes, RenderBench, renderCold } from './render-bench.ts';
import { measureRow, reportRow, type Row } from './row.ts';
import { quantileOf, secondsOf } from './statistics.ts';

/** Blender over Kafka, against Blender alone. */
export async function renderRows(lab: Lab, quick: boolean): Promise<Row[]> {
  await putScenes(lab);
  const rows: Row[] = [];
  {
    await using bench = await RenderBench.start(lab, 'one-slot');
    // Memory is warm, and what is compiled late is compiled.
    await bench.run(50);
    rows.push(await latencyRow(lab, bench, quick));
    rows.push(await coldLoopRow(lab, bench, quick));
    rows.push(await limitRow(lab, bench, quick, 'one slot', 0.8));
    rows.push(await manyScenesRow(lab, bench, quick));
    rows.push(await animationRow(lab, bench, quick, 'tiny', '64x64'));
    rows.push(await animationRow(lab, bench, quick, 'wide', '640x360'));
    rows.push(await bigSceneRow(lab, bench, quick));
    rows.push(await cpuRow(bench, quick));
    rows.push(await idleRow(bench, quick));
  }
  if (!quick) rows.push(await memoryRow(lab));
  rows.push(await secondWorkerRow(lab, quick));
  await using twoSlots = await RenderBench.start(lab, 'two-slots', ['--concurrency', '2']);
  await twoSlots.run(50);
  rows.push(await limitRow(lab, twoSlots, quick, 'two slots', 0.9));
  return rows;
}

async function latencyRow(lab: Lab, bench: RenderBench, quick: boolean): Promise<Row> {
  const eachMs: number[] = [];
  const one = async (): Promise<void> => void eachMs.push(1_000 * (await secondsOf(() => bench.run(1))));
  return await measureRow(
    {
      name: 'idle latency, produce to result, one 64x64 frame',
      comparedWith: 'the render time inside Blender',
      unit: 'ms',
      bar: 'at most 40 ms more, 80 ms at p99',
      isMet: (_ratio, oursMs, bareMs) => oursMs - bareMs <= 40 && quantileOf(eachMs, 0.99) - bareMs <= 80,
    },
    quick ? 5 : 20,
    async () => {
      for (let job = 0; job < 10; job += 1) await one();
      return quantileOf(eachMs.slice(-10), 0.5);
    },
    async () => (1_000 * (await limitSeconds(lab, 10))) / 10,
  );
}

async function coldLoopRow(lab: Lab, bench: RenderBench, quick: boolean): Promise<Row> {
  const jobs = quick ? 200 : 500;
  return await measureRow(
    {
      name: `${jobs} queued jobs of one 64x64 frame, one slot`,
      comparedWith: 'a loop of `blender -b scene -f 1`',
      unit: 'jobs/s',
      bar: 'at least 45 times',
      isMet: (ratio) => ratio >= 45,
    },
    quick ? 2 : 5,
    async () => jobs / (await secondsOf(() => bench.run(jobs))),
    async () => 1 / (await secondsOf(() => renderCold(lab, 'tiny'))),
  );
}

async function limitRow(lab: Lab, bench: RenderBench, quick: boolean, slots: string, least: number): Promise<Row> {
  const jobs = quick ? 200 : 500;
  return await measureRow(
    {
      name: `${jobs} queued jobs of one 64x64 frame, ${slots}`,
      comparedWith: 'one Blender in a Python loop that does nothing else',
      unit: 'jobs/s',
      bar: `at least ${least} times`,
      isMet: (ratio) => ratio >= least,
    },
    quick ? 2 : 5,
    async () => jobs / (await secondsOf(() => bench.run(jobs))),
    async () => jobs / (await limitSeconds(lab, jobs)),
  );
}

async function manyScenesRow(lab: Lab, bench: RenderBench, quick: boolean): Promise<Row> {
  const jobs = 100;
  const scene = await makeScene('tiny');
  return await measureRow(
    {
      name: `${jobs} queued jobs over ${manyScenes} scenes, one slot`,
      comparedWith: 'the same loop, opening each file',
      unit: 'jobs/s',
      bar: 'at least 0.7 times',
      isMet: (ratio) => ratio >= 0.7,
    },
    quick ? 2 : 5,
    async () => jobs / (await secondsOf(() => bench.run(jobs, (index) => ({ scene: `${index % manyScenes}/tiny` })))),
    async () => jobs / (await limitSeconds(lab, jobs, [scene])),
  );
}

async function animationRow(
  lab: Lab,
  bench: RenderBench,
  quick: boolean,
  scene: 'tiny' | 'wide',
  size: string,
): Promise<Row> {
  const numFrames = quick ? (scene === 'wide' ? 10 : 50) : 200;
  return await measureRow(
    {
      name: `one job of ${numFrames} frames, ${size}`,
      comparedWith: `one \`blender -b -s 1 -e ${numFrames} -a\``,
      unit: 'ms',
      bar: 'at most 1.05 times',
      isMet: (ratio) => ratio <= 1.05,
    },
    quick ? 1 : 3,
    async () => 1_000 * (await secondsOf(() => bench.run(1, () => ({ scene, numFrames })))),
    async () => 1_000 * (await secondsOf(() => renderCold(lab, scene, 1, numFrames))),
  );
}

async function bigSceneRow(lab: Lab, bench: RenderBench, quick: boolean): Promise<Row> {
  const jobs = quick ? 5 : 20;
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

async function cpuRow(bench: RenderBench, quick: boolean): Promise<Row> {
  const jobs = quick ? 200 : 500;
  const taken = [];
  for (let round = 0; round < 3; round += 1) {
    const before = bench.cpuMs();
    await bench.run(jobs);
    taken.push((bench.cpuMs() - before) / jobs);
  }
  return reportRow("CPU time of the worker's Node process for a job", 'ms', taken);
}

async function idleRow(bench: RenderBench, quick: boolean): Promise<Row> {
  const taken = [];
  for (let round = 0; round < 3; round += 1) {
    const before = bench.cpuMs();
    const idleMs = quick ? 2_000 : 10_000;
    await sleep(idleMs);
    taken.push((100 * (bench.cpuMs() - before)) / idleMs);
  }
  return reportRow("CPU of an idle worker's Node process", '% of a core', taken);
}

/** In a worker of its own, whose Blender has rendered nothing yet. */
async function memoryRow(lab: Lab): Promise<Row> {
  await using bench = await RenderBench.start(lab, 'memory', ['--recycle-after', '10000']);
  await bench.run(100);
  const early = bench.blenderBytes() / 1e6;
  await bench.run(1_900);
  return await measureRow(
    {
      name: 'resident memory of Blender after 2,000 jobs',
      comparedWith: 'after 100 jobs',
      unit: 'MB',
      bar: 'at most 1.10 times',
      isMet: (ratio) => ratio <= 1.1,
    },
    1,
    async () => bench.blenderBytes() / 1e6,
    async () => early,
  );
}

/** Two partitions, so that both have work. */
async function secondWorkerRow(lab: Lab, quick: boolean): Promise<Row> {
  const jobs = quick ? 100 : 400;
  await using one = await RenderBench.start(lab, 'one-worker', [], 2);
  await using two = await RenderBench.start(lab, 'two-workers', [], 2);
  two.startWorker();
  for (const bench of [one, two]) await bench.run(50);
  return await measureRow(
    {
      name: `${jobs} queued jobs, two worker processes on the machine`,
      comparedWith: 'one worker process',
      unit: 'jobs/s',
      bar: 'no less',
      isMet: (ratio) => ratio >= 1,
    },
    quick ? 2 : 5,
    async () => jobs / (await secondsOf(() => two.run(jobs))),
    async () => jobs / (await secondsOf(() => one.run(jobs))),
  );
}
