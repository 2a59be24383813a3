// Expected: whatever a command does (dies by -9, exits with 0 and says nothing, ignores SIGTERM, leaves a daemon, floods, or
// closes its outputs early), its job ends with the one record that fits, nothing of it is left, and the next job is done.
import assert from 'node:assert/strict';
import path from 'node:path';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach } from './suite/jobs.ts';
import { atScale } from './suite/scale.ts';

const title = 'command killed, silent, deaf, forking, flooding, closing its outputs';
const daemon = path.join(import.meta.dirname, '../fixtures/daemon.sh');
const rounds = atScale({ small: 1, full: 5 });
const floodBytes = atScale({ small: 50_000_000, full: 1_000_000_000 });
const commandGraceMs = 500;
const jobTimeoutMs = atScale({ small: 8_000, full: 120_000 });

/** In the end there may be only the one that ignores SIGTERM: three attempts, and the waits between them. */
const recoveryWithinMs = 3 * (jobTimeoutMs + commandGraceMs) + 15_000;

const commands = [
  { ends: 'error', script: 'kill -9 $$' },
  { ends: 'error', script: 'sleep 0.3 & kill -9 $$' },
  { ends: 'result', script: 'exit 0' },
  { ends: 'error', script: 'trap "" TERM; while :; do sleep 1; done' },
  { ends: 'result', script: `sh ${daemon} 300 $0` },
  { ends: 'error', script: `head -c ${floodBytes} /dev/zero` },
  { ends: 'result', script: 'exec >&- 2>&-; sleep 0.5' },
  { ends: 'result', script: 'echo good' },
] as const;

faultScenario(
  { scenario: 2, title, file: import.meta.filename, timeoutMs: 60_000 + rounds * 3 * jobTimeoutMs },
  async (run) => {
    const runner = await RunnerUnderTest.create(run.t);
    const chosen = Array.from({ length: rounds }, () => commands.toSorted(() => run.random() - 0.5)).flat();
    const command = (jobId: number): string => chosen[jobId]?.script ?? '';
    await sendToEach(runner, 1, chosen.length, (jobId) => ({
      jobId,
      command: ['sh', '-c', command(jobId), run.marker],
    }));
    const options = { concurrency: 2, jobTimeoutMs, commandGraceMs, outputLevel: 'debug' } as const;
    const workers = [runner.start(options)];
    const seconds = rounds * jobTimeoutMs * 0.002 + 40;
    const { jobs, terminals } = await run.conclude(runner, {
      workers,
      isInJobs: true,
      recoveryWithinMs,
      seconds,
      faults: chosen.length,
    });
    const kinds = new Map(terminals.map(({ name, kind }) => [name, kind]));
    assert.deepEqual(
      jobs.map(({ name }, jobId) => [command(jobId), kinds.get(name)]),
      chosen.map(({ ends }, jobId) => [command(jobId), ends]),
    );
  },
);
