// Expected: while the coordinator of the group and of the transactions takes seconds for each request, and does it even if
// nobody waits for it any longer, jobs end late, and none is lost or ends twice, even if a transaction takes longer than its
// time-out. Work goes on by itself when the coordinator is quick again.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '../kafka/audit.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { coordinatorRequests } from '../slow-requests.ts';
import { faultScenario, type FaultRun } from './suite/fault-scenario.ts';
import { sendToEach, sleepingJob } from './suite/jobs.ts';
import { startKafkaBehindNetwork } from './suite/kafka-behind-network.ts';
import { recoveryLimitMs } from './suite/recovery.ts';
import { atScale } from './suite/scale.ts';

const title =
  'coordinator slow: seconds for each request, and commits that happen when nobody waits for them any longer';
const sessionTimeoutMs = 6_000;

type Ask = keyof typeof coordinatorRequests;
type Slowness = (ask: Ask, run: FaultRun) => number;
const slow: Slowness = () => 3_000;
/** The worker gives up after 5 s. When its new producer is there, the commit has happened: it must not send the result again. */
const lateCommits: Slowness = (ask) => ({ EndTxn: 7_000, InitProducerId: 4_000 })[ask as string] ?? 0;
const uneven: Slowness = (_ask, run) => run.between(0, 12_000);
/** Longer than a transaction may take (10 s), and than the group waits for a heartbeat. */
const tooSlow: Slowness = () => 12_000;
const modes = atScale({
  small: [slow, lateCommits],
  full: [slow, lateCommits, uneven, tooSlow, lateCommits, uneven],
});
const slowForMs = atScale({ small: 15_000, full: 60_000 });

const asks = new Map(Object.entries(coordinatorRequests).map(([ask, apiKey]) => [apiKey as number, ask as Ask]));

faultScenario(
  { scenario: 6, title, file: import.meta.filename, timeoutMs: 150_000 + modes.length * (slowForMs + 60_000) },
  async (run) => {
    const { kafka, network, server } = await startKafkaBehindNetwork(run);
    const delayed = new Set<Ask>();
    let now: Slowness | undefined;
    const delayMs = (apiKey: number): number => {
      const ask = asks.get(apiKey);
      const waitMs = ask === undefined ? 0 : (now?.(ask, run) ?? 0);
      if (ask !== undefined && waitMs > 0) delayed.add(ask);
      return waitMs;
    };
    network.become({ kind: 'slow-requests', delayMs });
    const runner = await RunnerUnderTest.create(run.t, { kafka, partitions: 2 });
    const options = { sessionTimeoutMs, concurrency: 2, bootstrapServers: [server] };
    const workers = [await runner.startAssigned(options), await runner.startAssigned(options)];
    for (const mode of modes) {
      await sendToEach(runner, 2, 24, (jobId) => sleepingJob(run, jobId, run.between(0, 0.5), jobId % 6 === 5 ? 1 : 0));
      await sleep(run.between(0, 1_000));
      now = mode;
      await Promise.all([sleep(slowForMs), run.lookInMidRun(runner)]);
      now = undefined;
      run.fault();
      // Between two of them there is time to go on.
      await audit(runner, { until: 'over', seconds: 60 });
    }
    await run.conclude(runner, { workers, recoveryWithinMs: recoveryLimitMs(sessionTimeoutMs), seconds: 120 });
    for (const ask of ['Heartbeat', 'TxnOffsetCommit', 'EndTxn', 'InitProducerId'] as const) {
      assert.ok(delayed.has(ask), `${ask} was not delayed; these were: ${[...delayed].join(', ')}`);
    }
  },
);
