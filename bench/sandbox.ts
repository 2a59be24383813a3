/**
 * What the sandbox costs a job: workers with it and without, cold and resident, by turns:
 *
 *     bin/node bench/sandbox.ts [ROUNDS]      default: 10 rounds
 */
import { mkdir } from 'node:fs/promises';
import { startLab } from '../lab/lab.ts';
import { outFolder } from './processes.ts';
import { firstJobs, putScenes, RenderBench } from './render-bench.ts';
import { spread } from './report.ts';
import { takeRounds } from './row.ts';
import { sampleOf, secondsOf } from './statistics.ts';

const [, , rounds = '10'] = process.argv;

const rows = [
  { name: 'a job with a Blender of its own', mode: 'cold', jobs: 1 },
  { name: 'a job alone, Blender stays', mode: 'resident', jobs: 1 },
  { name: 'one of 20 queued jobs, Blender stays', mode: 'resident', jobs: 20 },
] as const;

await mkdir(outFolder, { recursive: true });
await using lab = await startLab();
await putScenes(lab, { tiny: 'tiny' });
await using workers = new AsyncDisposableStack();
const start = async (mode: string, sandbox: string): Promise<RenderBench> =>
  workers.use(
    await RenderBench.start(
      lab,
      `${mode}-${sandbox}`,
      ['--blender-mode', mode, '--sandbox', sandbox],
      1,
      mode === 'cold' ? 2 : firstJobs,
    ),
  );
const benches = {
  cold: { without: await start('cold', 'off'), within: await start('cold', 'require') },
  resident: { without: await start('resident', 'off'), within: await start('resident', 'require') },
};

console.log(`\nMilliseconds for a job of one 64x64 frame, ${rounds} rounds: medians, and the middle half.\n`);
console.log('| | without | in a sandbox | times |\n| --- | --- | --- | --- |');
for (const { name, mode, jobs } of rows) {
  const run = (bench: RenderBench) => async () =>
    (1_000 * (await secondsOf(() => bench.run(jobs, () => ({ scene: 'tiny' }))))) / jobs;
  const { without, within } = await takeRounds(Number(rounds), {
    without: run(benches[mode].without),
    within: run(benches[mode].within),
  });
  const ratio = sampleOf(within.map((value, round) => value / (without[round] ?? Number.NaN)));
  console.log(`| ${name} | ${spread(sampleOf(without), 0)} | ${spread(sampleOf(within), 0)} | ${spread(ratio, 2)} |`);
}
