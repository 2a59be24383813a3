/**
 * What metrics cost: a worker without, one with them, and that one scraped every second, by turns:
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
import { sampleOf, secondsOf } from './statistics.ts';

const [, , rounds = '10'] = process.argv;
const jobs = 50;
const idleMs = 10_000;
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

interface Side {
  readonly bench: RenderBench;
  readonly isScraped: boolean;
}

/** What the worker's Node process took of a core meanwhile, milliseconds. */
async function cpuMs({ bench, isScraped }: Side, action: () => Promise<unknown>): Promise<number> {
  const scraping = isScraped ? setInterval(() => void scrape(), 1_000) : undefined;
  const [before] = bench.processes();
  await action();
  const [after] = bench.processes();
  clearInterval(scraping);
  return after.cpuMs - before.cpuMs;
}

const sides: Readonly<Record<'off' | 'on' | 'scraped', Side>> = {
  off: { bench: off, isScraped: false },
  on: { bench: on, isScraped: false },
  scraped: { bench: on, isScraped: true },
};
type Name = keyof typeof sides;

/** Seconds for so many jobs are measured along with their CPU time. */
const took: Record<Name, number[]> = { off: [], on: [], scraped: [] };
const busy = (name: Name) => async () =>
  await cpuMs(sides[name], async () => took[name].push(await secondsOf(() => sides[name].bench.run(jobs))));
const idle = (name: Name) => async () => await cpuMs(sides[name], () => sleep(idleMs));
const measured = (of: typeof busy) =>
  takeRounds(Number(rounds), { off: of('off'), on: of('on'), scraped: of('scraped') });

function print(name: string, taken: Readonly<Record<Name, readonly number[]>>, factor: number, digits: number): void {
  const times = (side: Name): string =>
    spread(sampleOf(taken[side].map((value, round) => value / (taken.off[round] ?? Number.NaN))), 2);
  const cell = (side: Name): string => spread(sampleOf(taken[side].map((value) => value * factor)), digits);
  const cells = [cell('off'), cell('on'), times('on'), cell('scraped'), times('scraped')];
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

console.log(`\n${rounds} rounds: medians, and the middle half.\n`);
console.log('| | without | with | times | scraped every second | times |\n| --- | --- | --- | --- | --- | --- |');
const cpuOfJobs = await measured(busy);
print(`one of ${jobs} queued jobs of one 64x64 frame, ms`, took, 1_000 / jobs, 1);
print("CPU time of the worker's Node process for it, ms", cpuOfJobs, 1 / jobs, 1);
print('CPU of that process while nothing is to do, % of a core', await measured(idle), 100 / idleMs, 2);
console.log(`\n${scrapes.length} scrapes of ${(bytes / 1_024).toFixed(0)} KiB: ${spread(sampleOf(scrapes), 1)} ms.`);
