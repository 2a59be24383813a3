/**
 * One Blender with all threads against several with fewer, for short and long frames, queued and alone:
 *
 *     bin/node bench/defaults.ts [ROUNDS] [SCENE...]      default: 3 rounds of all scenes
 */
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { startLab } from '../lab/lab.ts';
import type { SceneName } from '../lab/scenes/scene-names.ts';
import { outFolder } from './processes.ts';
import { putScenes, RenderBench } from './render-bench.ts';
import { spread } from './report.ts';
import { takeRounds } from './row.ts';
import { sampleOf, secondsOf } from './statistics.ts';

const [, , rounds = '3', ...wanted] = process.argv;
if (!(Number(rounds) > 0)) throw new Error(`${rounds} is no number of rounds: bench/defaults.ts [ROUNDS] [SCENE...]`);
const cores = availableParallelism();

/** A frame of `tiny` takes a hundredth of a second, and a fiftieth with all that Blender does for a job. */
const loads: readonly { readonly scene: SceneName; readonly jobs: number; readonly frame: string }[] = [
  { scene: 'tiny', frame: '20 ms', jobs: 100 },
  { scene: 'tiny', frame: '20 ms', jobs: 1 },
  { scene: 'wide-1-s', frame: '1 s', jobs: 4 * cores },
  { scene: 'wide-1-s', frame: '1 s', jobs: 1 },
  { scene: 'wide-20-s', frame: '20 s', jobs: cores },
  { scene: 'wide-20-s', frame: '20 s', jobs: 1 },
];

const settings = {
  one: { title: `1 x ${cores} threads`, concurrency: 1, threads: cores },
  several: { title: `${cores} x 1 thread`, concurrency: cores, threads: 1 },
  tooMany: { title: `${cores} x ${cores} threads`, concurrency: cores, threads: cores },
} as const;

await mkdir(outFolder, { recursive: true });
await using lab = await startLab();
await putScenes(lab, { tiny: 'tiny', 'wide-1-s': 'wide-1-s', 'wide-20-s': 'wide-20-s' });
await using workers = new AsyncDisposableStack();

const start = async (name: keyof typeof settings): Promise<RenderBench> => {
  const { concurrency, threads } = settings[name];
  const flags = ['--concurrency', String(concurrency), '--threads', String(threads)];
  return workers.use(await RenderBench.start(lab, name, flags));
};
const benches = { one: await start('one'), several: await start('several'), tooMany: await start('tooMany') };

console.log(`\nSeconds for a job, and how many times that of ${settings.one.title}; ${rounds} rounds, medians.\n`);
const titles = Object.values(settings).map(({ title }) => title);
console.log(`| a frame takes | jobs | ${titles.join(' | ')} |`);
console.log('| --- | --- | --- | --- | --- |');
for (const { scene, frame, jobs } of loads) {
  if (wanted.length > 0 && !wanted.includes(scene)) continue;
  const run = (bench: RenderBench) => async () => (await secondsOf(() => bench.run(jobs, () => ({ scene })))) / jobs;
  const { one, several, tooMany } = await takeRounds(Number(rounds), {
    one: run(benches.one),
    several: run(benches.several),
    tooMany: run(benches.tooMany),
  });
  const cell = (taken: readonly number[]): string => {
    const ratio = sampleOf(taken.map((value, round) => value / (one[round] ?? Number.NaN)));
    return `${spread(sampleOf(taken), 3)} s, ${spread(ratio, 2)}`;
  };
  console.log(`| ${frame} | ${jobs} | ${spread(sampleOf(one), 3)} s | ${cell(several)} | ${cell(tooMany)} |`);
}
