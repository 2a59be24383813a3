import { processTree, type ProcessUse } from './process-use.ts';
import type { RenderBench } from './render-bench.ts';

/** Which processes take how much CPU time for a job, milliseconds. */
export class CpuTimes {
  readonly times = new Map<string, number[]>();

  add(what: string, ms: number): void {
    this.times.set(what, [...(this.times.get(what) ?? []), ms]);
  }

  async measure(bench: RenderBench, jobs: number, run: () => Promise<number>): Promise<number> {
    const before = cpuMs(bench);
    const measured = await run();
    for (const [what, ms] of Object.entries(cpuMs(bench))) this.add(what, (ms - (before[what] ?? 0)) / jobs);
    return measured;
  }
}

function cpuMs(bench: RenderBench): Record<string, number> {
  const [node, ...others] = bench.processes();
  const lab = processTree(process.pid);
  return {
    "the worker's Node process": node.cpuMs,
    'its Blenders': sumOf(others, 'blender'),
    Kafka: sumOf(lab, 'java'),
    MinIO: sumOf(lab, 'minio'),
  };
}

function sumOf(processes: readonly ProcessUse[], name: string): number {
  return processes.filter((one) => one.name.startsWith(name)).reduce((sum, one) => sum + one.cpuMs, 0);
}
