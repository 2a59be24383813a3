import type { RunnerTopics } from '../../kafka-runner/test/kafka/oracle.ts';
import type { ProcessEnd } from '../../kafka-runner/test/kafka/runner-process.ts';
import { blendersOf } from './processes.ts';
import type { RenderFarm } from './render-farm.ts';
import type { RenderWorker } from './render-worker.ts';

/** A farm as the oracle of the fault suite knows a runner; a Blender that still runs counts as what is left. */
export function farmTopics(farm: RenderFarm): RunnerTopics & { jobsFolders(): Promise<string[]> } {
  return {
    bootstrapServers: farm.lab.kafka.bootstrapServers,
    inTopic: farm.topics.jobs,
    outTopic: farm.topics.results,
    errorTopic: farm.topics.errors,
    groupId: farm.group,
    jobsFolders: async () => [
      ...(await farm.jobFolders()),
      ...(await blendersOf(farm.folder.cwd)).map((pid) => `Blender ${pid}`),
    ],
  };
}

/** A worker as the oracle ends one. */
export function stoppable(worker: RenderWorker): { stop(): Promise<ProcessEnd> } {
  return {
    stop: async () => {
      const stoppedMs = performance.now();
      const { code, signal } = await worker.stop();
      return { exitCode: code, signal, tookMs: performance.now() - stoppedMs };
    },
  };
}
