import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab/lab.ts';
import type { ProcessUse } from './process-use.ts';
import { RenderBench } from './render-bench.ts';
import { measureRow, reportRow, type Row } from './row.ts';

/** What a worker takes that has nothing to do. All of its processes count, its Blenders too. */
export async function* idleRows(bench: RenderBench, quick: boolean): AsyncGenerator<Row> {
  const idleMs = quick ? 5_000 : 10_000;
  const percent: number[] = [];
  for (let round = 0; round < (quick ? 1 : 3); round += 1) {
    const before = bench.processes();
    await sleep(idleMs);
    percent.push((100 * (sum(bench.processes(), 'cpuMs') - sum(before, 'cpuMs'))) / idleMs);
  }
  const bar = { bar: 'under 1 % of a core', isMet: (value: number) => value < 1 };
  yield reportRow('CPU of an idle worker, all its processes', '% of a core', percent, bar);
  const all = bench.processes();
  const blenders = all.filter(isBlender);
  const others = all.filter((one) => !isBlender(one));
  yield reportRow(`memory of an idle worker's ${blenders.length} Blenders`, 'MB', [sum(blenders, 'ownBytes') / 1e6]);
  yield reportRow('memory of its other processes', 'MB', [sum(others, 'ownBytes') / 1e6]);
}

/** In a worker of its own, whose Blender has rendered little. */
export async function* memoryRows(lab: Lab, quick: boolean): AsyncGenerator<Row> {
  if (quick) return;
  await using bench = await RenderBench.start(lab, 'memory', ['--recycle-after', '10000']);
  const largestMb = (): number =>
    Math.max(
      ...bench
        .processes()
        .filter(isBlender)
        .map(({ residentBytes }) => residentBytes),
    ) / 1e6;
  await bench.run(50);
  const early = largestMb();
  await bench.run(1_900);
  yield await measureRow(
    {
      name: 'resident memory of Blender after 2,000 jobs',
      comparedWith: 'after 100 jobs',
      unit: 'MB',
      bar: 'at most 1.10 times',
      isMet: (ratio) => ratio <= 1.1,
    },
    1,
    async () => largestMb(),
    async () => early,
  );
}

function isBlender({ name }: ProcessUse): boolean {
  return name.startsWith('blender');
}

function sum(processes: readonly ProcessUse[], what: 'cpuMs' | 'ownBytes'): number {
  return processes.reduce((total, one) => total + one[what], 0);
}
