import type { Lab } from '../lab/lab.ts';
import { makeScene } from '../lab/scenes/make-scenes.ts';
import { CpuTimes } from './cpu-times.ts';
import { limitLoop, RenderBench, renderCold } from './render-bench.ts';
import { compare, reportRow, takeRounds, type Row, type RowSpec } from './row.ts';
import { secondsOf } from './statistics.ts';

/** The same queue of small jobs for one slot, two slots and two workers, and for Blender alone, in the same rounds. */
export async function* queuedRows(lab: Lab, oneSlot: RenderBench, quick: boolean): AsyncGenerator<Row> {
  await using resources = new AsyncDisposableStack();
  const start = async (name: string, flags: readonly string[], workers: number): Promise<RenderBench> =>
    resources.use(await RenderBench.start(lab, name, flags, workers));
  const [twoSlots, twoWorkers] = await Promise.all([
    start('two-slots', ['--concurrency', '2'], 1),
    start('two-workers', [], 2),
  ]);
  const jobs = quick ? 100 : 500;
  // Memory is warm, and what is compiled late is compiled.
  for (const bench of [oneSlot, twoSlots, twoWorkers]) await bench.run(jobs);
  const scene = await makeScene('tiny');
  const cpu = new CpuTimes();
  const queued = (bench: RenderBench) => async () => jobs / (await secondsOf(() => bench.run(jobs)));
  const taken = await takeRounds(quick ? 2 : 5, {
    cold: async () => 1 / (await secondsOf(() => renderCold(lab, 'tiny'))),
    limit: async () => {
      const { seconds, cpuSeconds } = await limitLoop(lab, jobs);
      cpu.add('Blender alone', (1_000 * cpuSeconds) / jobs);
      return jobs / seconds;
    },
    openingLimit: async () => jobs / (await limitLoop(lab, jobs, [scene])).seconds,
    oneSlot: () => cpu.measure(oneSlot, jobs, queued(oneSlot)),
    twoSlots: queued(twoSlots),
    twoWorkers: queued(twoWorkers),
  });
  const row = (what: string, comparedWith: string): Pick<RowSpec, 'name' | 'comparedWith' | 'unit'> => ({
    name: `${jobs} queued jobs of one 64x64 frame, ${what}`,
    ...{ comparedWith, unit: 'jobs/s' },
  });
  const least = (times: number): Pick<RowSpec, 'bar' | 'isMet'> => ({
    bar: times === 1 ? 'no less' : `at least ${times} times`,
    isMet: (ratio) => ratio >= times,
  });
  const limit = 'one Blender in a Python loop that does nothing else';
  const opening = 'the same loop, opening the scene for each frame';
  const cold = 'a loop of `blender -b scene -f 1`';
  yield compare({ ...row('one slot', cold), ...least(45) }, taken.oneSlot, taken.cold);
  yield compare({ ...row('one slot', limit), ...least(0.8) }, taken.oneSlot, taken.limit);
  yield compare({ ...row('two slots', limit), ...least(0.9) }, taken.twoSlots, taken.limit);
  yield compare(row('one slot', opening), taken.oneSlot, taken.openingLimit);
  yield compare({ ...row('two worker processes', 'one worker process'), ...least(1) }, taken.twoWorkers, taken.oneSlot);
  for (const [what, eachMs] of cpu.times) yield reportRow(`CPU time for such a job: ${what}`, 'ms', eachMs);
}
