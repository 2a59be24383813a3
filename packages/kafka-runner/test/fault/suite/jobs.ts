import type { RunnerUnderTest, TestJob } from '../../kafka/runner-under-test.ts';
import type { FaultRun } from './fault-scenario.ts';

/** A job that takes its time and says so by its marker while it runs. */
export function sleepingJob(run: FaultRun, jobId: number, seconds: number, exitCode = 0): TestJob {
  const script = `sleep ${seconds.toFixed(2)}; : ${run.marker}; exit ${exitCode}`;
  return { jobId, command: ['sh', '-c', script] };
}

const atATime = 500;

/** Sends jobs to the partitions in turn. */
export async function sendToEach(
  runner: RunnerUnderTest,
  partitions: number,
  count: number,
  job: (jobId: number) => TestJob,
): Promise<void> {
  for (let first = 0; first < count; first += atATime) {
    const ids = Array.from({ length: Math.min(atATime, count - first) }, (_, index) => first + index);
    await Promise.all(
      ids.map((jobId) => runner.sendValue(JSON.stringify(job(jobId)), { partition: jobId % partitions })),
    );
  }
}
