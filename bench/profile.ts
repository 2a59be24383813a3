/**
 * `bin/node bench/profile.ts [JOBS] [WORKER FLAGS...]`: where the processor time of a small job goes. Prints jobs/s, the CPU
 * time of each process for a job, and what took most of the worker's. The profile itself lies in `out/worker.cpuprofile`
 * afterwards, for a browser's developer tools.
 */
import { globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startLab } from '../lab/lab.ts';
import { CpuTimes } from './cpu-times.ts';
import { outFolder } from './processes.ts';
import { firstJobs, putScenes, RenderBench } from './render-bench.ts';
import { secondsOf } from './statistics.ts';

const [count = '1000', ...flags] = process.argv.slice(2);
const jobs = Number(count);
const warmUp = 200;

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface CpuProfile {
  readonly nodes: readonly { id: number; callFrame: CallFrame }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

/** `node:net`, `@smithy/core`, `kafka-runner`, or `native` for what is not JavaScript. */
function moduleOf({ url }: CallFrame): string {
  if (url.startsWith('node:')) return url;
  const [, scoped] = /.*(?:node_modules|packages)\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return scoped ?? 'native';
}

function functionOf(frame: CallFrame): string {
  return `${frame.functionName || '(anonymous)'} ${moduleOf(frame)} ${path.basename(frame.url)}:${frame.lineNumber + 1}`;
}

/** Self time, milliseconds, by a name of one's own choice. */
function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, nameOf: (frame: CallFrame) => string) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1_000);
  }
  return times;
}

function printTop(title: string, times: ReadonlyMap<string, number>): void {
  console.log(`\n${title}, ms of the main thread for a job`);
  const sorted = [...times].toSorted(([, a], [, b]) => b - a).slice(0, 30);
  for (const [name, ms] of sorted) console.log(`${(ms / (firstJobs + warmUp + jobs)).toFixed(3).padStart(8)}  ${name}`);
}

function printProfile(): void {
  for (const file of globSync(path.join(outFolder, '*.cpuprofile'))) {
    const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
    // The worker's helpers leave one each as well.
    if (!profile.nodes.some(({ callFrame }) => callFrame.url.endsWith('bin/kafka-render.ts'))) continue;
    renameSync(file, path.join(outFolder, 'worker.cpuprofile'));
    printTop('modules', selfTimes(profile, moduleOf));
    printTop('functions', selfTimes(profile, functionOf));
  }
}

mkdirSync(outFolder, { recursive: true });
for (const old of globSync(path.join(outFolder, '*.cpuprofile'))) rmSync(old);
await using lab = await startLab();
await putScenes(lab, { tiny: 'tiny' });
process.env['NODE_OPTIONS'] = `--cpu-prof --cpu-prof-dir=${outFolder}`;
{
  await using bench = await RenderBench.start(lab, 'profile', ['--recycle-after', '1000000', ...flags]);
  await bench.run(warmUp);
  const cpu = new CpuTimes();
  const seconds = await cpu.measure(bench, jobs, () => secondsOf(() => bench.run(jobs)));
  console.log(`${(jobs / seconds).toFixed(1)} jobs/s, ${((1_000 * seconds) / jobs).toFixed(1)} ms for a job; CPU ms:`);
  for (const [what, [ms = 0]] of cpu.times) console.log(`  ${what}: ${ms.toFixed(2)}`);
}
printProfile();
