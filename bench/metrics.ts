/**
 * What metrics cost: a worker without, and one with them that is scraped every second, by turns:
 *
 *     bin/node bench/metrics.ts [ROUNDS]      default: 10 rounds
 */
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLab } from '../lab/lab.ts';
import { outFolder } from './processes.ts';
import { putScenes, RenderBench } from './render-bench.ts';
import { spread } from './report.ts';
import { takeRounds } from './row.ts';
import { quantileOf, sampleOf, secondsOf } from './statistics.ts';

const [, , rounds = '10'] = process.argv;
const jobs = 50;
const idleMs = 3_000;
const port = 19_464;

await mkdir(outFolder, { recursive: true });
await using lab = await startLab();
await putScenes(lab, { tiny: 'tiny' });
await using off = await RenderBench.start(lab, 'metrics-off');
await using on = await RenderBench.start(lab, 'metrics-on', ['--metrics-port', String(port)]);

const scrapes: number[] = [];
let bytes = 0;

async function scrape(): Promise<void> {
  const startedMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  bytes = (await response.arrayBuffer()).byteLength;
  scrapes.push(performance.now() - startedMs);
}

const scraping = setInterval(() => void scrape(), 1_000);

/** Of the worker's Node process, for what is done meanwhile, milliseconds. */
async function cpuMs(bench: RenderBench, action: () => Promise<unknown>): Promise<number> {
  const [before] = bench.processes();
  await action();
  const [after] = bench.processes();
  return after.cpuMs - before.cpuMs;
}

const perJob = (bench: RenderBench) => async () => (1_000 * (await secondsOf(() => bench.run(jobs)))) / jobs;
const cpuPerJob = (bench: RenderBench) => async () => (await cpuMs(bench, () => bench.run(jobs))) / jobs;
const idle = (bench: RenderBench) => async () => ((await cpuMs(bench, () => sleep(idleMs))) / idleMs) * 100;

console.log(`\n${rounds} rounds: medians, and the middle half.\n`);
console.log('| | without | with, scraped every second | times |\n| --- | --- | --- | --- |');
for (const [name, measure, digits] of [
  [`one of ${jobs} queued jobs of one 64x64 frame, ms`, perJob, 1],
  ["CPU time of the worker's Node process for it, ms", cpuPerJob, 1],
  ['CPU of that process while nothing is to do, % of a core', idle, 2],
] as const) {
  const { without, within } = await takeRounds(Number(rounds), { without: measure(off), within: measure(on) });
  const ratio = sampleOf(within.map((value, round) => value / (without[round] ?? Number.NaN)));
  const cells = [spread(sampleOf(without), digits), spread(sampleOf(within), digits), spread(ratio, 2)];
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
clearInterval(scraping);
const took = `${spread(sampleOf(scrapes), 1)} ms, at most ${quantileOf(scrapes, 1).toFixed(1)} ms`;
console.log(`\n${scrapes.length} scrapes of ${(bytes / 1_024).toFixed(0)} KiB: ${took}.`);
