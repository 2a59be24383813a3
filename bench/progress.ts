/**
 * What the progress and control topics cost a job: workers with them and without, by turns, by the clock and in CPU time of all
 * of the worker's processes, which others on the machine hardly change:
 *
 *     bin/node bench/progress.ts [ROUNDS]      default: 10 rounds
 */
import { mkdir } from 'node:fs/promises';
import { startLab } from '../lab/lab.ts';
import { outFolder } from './processes.ts';
import { putScenes, RenderBench, type Ordered } from './render-bench.ts';
import { spread } from './report.ts';
import { takeRounds } from './row.ts';
import { sampleOf, secondsOf } from './statistics.ts';

const [, , rounds = '10'] = process.argv;

interface BenchRow {
  readonly name: string;
  readonly jobs: number;
  readonly ordered: Ordered;
}

const rows: readonly BenchRow[] = [
  { name: '100 queued jobs of one 64x64 frame', jobs: 100, ordered: { scene: 'tiny' } },
  { name: 'one job of 200 frames, 64x64', jobs: 1, ordered: { scene: 'tiny', numFrames: 200 } },
];

await mkdir(outFolder, { recursive: true });
await using lab = await startLab();
await putScenes(lab, { tiny: 'tiny' });
for (const topic of ['bench.progress', 'bench.control']) await lab.kafka.createTopic(topic);
await using workers = new AsyncDisposableStack();
const without = workers.use(await RenderBench.start(lab, 'without'));
const flags = ['--progress-topic', 'bench.progress', '--control-topic', 'bench.control'];
const told = workers.use(await RenderBench.start(lab, 'with', flags));

const cpuMs = (bench: RenderBench): number => bench.processes().reduce((sum, one) => sum + one.cpuMs, 0);

console.log(`\nMilliseconds, ${rounds} rounds: medians, and the middle half.\n`);
console.log('| | without | with both topics | times |\n| --- | --- | --- | --- |');
for (const { name, jobs, ordered } of rows) {
  const cpu = { without: [] as number[], told: [] as number[] };
  const run = (side: keyof typeof cpu, bench: RenderBench) => async () => {
    const beforeMs = cpuMs(bench);
    const seconds = await secondsOf(() => bench.run(jobs, () => ordered));
    cpu[side].push(cpuMs(bench) - beforeMs);
    return 1_000 * seconds;
  };
  const clock = await takeRounds(Number(rounds), { without: run('without', without), told: run('told', told) });
  printRow(name, clock);
  printRow(`${name}: CPU time`, cpu);
}

function printRow(
  name: string,
  taken: { readonly without: readonly number[]; readonly told: readonly number[] },
): void {
  const ratio = sampleOf(taken.told.map((value, round) => value / (taken.without[round] ?? Number.NaN)));
  const both = [sampleOf(taken.without), sampleOf(taken.told)].map((sample) => spread(sample, 0));
  console.log(`| ${name} | ${both.join(' | ')} | ${spread(ratio, 3)} |`);
}
