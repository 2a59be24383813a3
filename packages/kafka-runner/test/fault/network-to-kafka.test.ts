// Expected: connections to Kafka that are cut in the middle of a request or of an answer, slow, refused, or silent, delay
// jobs and neither lose nor double one; work goes on by itself when the network is sound again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkFault } from '../faulty-network.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { startKafkaBehindNetwork } from './suite/kafka-behind-network.ts';
import { recoveryLimitMs } from './suite/recovery.ts';
import { atScale } from './suite/scale.ts';

const title = 'network to Kafka: cut in mid-request and mid-answer, slow, refused, silent';
const rounds = atScale({ small: 1, full: 10 });
const faultMs = atScale({ small: 2_000, full: 20_000 });
const sessionTimeoutMs = 6_000;
const recoveryWithinMs = recoveryLimitMs(sessionTimeoutMs);

faultScenario(
  {
    scenario: 6,
    title,
    file: import.meta.filename,
    timeoutMs: 150_000 + rounds * (7 * (faultMs + 20_000) + recoveryWithinMs),
  },
  async (run) => {
    const { kafka, network, server } = await startKafkaBehindNetwork(run);
    const runner = await RunnerUnderTest.create(run.t, { kafka, partitions: 2 });
    const options = { sessionTimeoutMs, concurrency: 2, bootstrapServers: [server] };
    const workers = [await runner.startAssigned(options), await runner.startAssigned(options)];
    for (let round = 0; round < rounds; round += 1) {
      // For longer than the stated time, or the next fault would hide that work does not go on.
      if (round > 0) await sleep(recoveryWithinMs + 1_000);
      const faults: NetworkFault[] = [
        { kind: 'cut-request', afterBytes: run.below(3_000) },
        { kind: 'cut', afterBytes: run.below(3_000) },
        { kind: 'end', afterBytes: run.below(3_000) },
        { kind: 'stall', afterBytes: run.below(3_000) },
        { kind: 'latency', latencyMs: 700 },
        { kind: 'slow', afterBytes: 0, bytesPerSecond: 1_000 },
        { kind: 'refuse' },
      ];
      const looked = faults[run.below(faults.length)];
      for (const fault of faults) {
        await sendToEach(runner, 2, 8, (jobId) => sleepingJob(run, jobId, run.between(0, 0.5)));
        await sleep(run.between(0, 500));
        network.become(fault);
        await sleep(faultMs);
        network.become({ kind: 'healthy' });
        run.fault();
        if (fault === looked) await run.lookInMidRun(runner);
        await sleep(run.between(500, 3_000));
      }
    }
    await run.conclude(runner, { workers, recoveryWithinMs, seconds: 120 });
  },
);
