// Expected: the worker's memory does not grow with the number of jobs that wait, nor with those that it has done.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ProcessEnd } from '../kafka/runner-process.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { faultScenario } from './suite/fault-scenario.ts';
import { sendToEach } from './suite/jobs.ts';
import { atScale } from './suite/scale.ts';

const title = 'many small jobs waiting, one slot: memory is flat';
const jobs = atScale({ small: 1_000, full: 100_000 });
const growthMiB = 60;

faultScenario({ scenario: 13, title, file: import.meta.filename, timeoutMs: 120_000 + jobs * 30 }, async (run) => {
  const runner = await RunnerUnderTest.create(run.t);
  await sendToEach(runner, 1, jobs, (jobId) => ({ jobId, command: ['true'] }));
  // Without a bound Node's space for young objects alone may become 128 MiB large, and does on a busy machine.
  const before = ['env', 'NODE_OPTIONS=--max-semi-space-size=16'];
  // Its log is thousands of lines that only this test would keep.
  const worker = runner.start({ logLevel: 'warn' }, { before });
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(residentMiB(worker.pid)), 500);
  const stop = async (): Promise<ProcessEnd> => {
    clearInterval(timer);
    return await worker.stop();
  };
  run.t.after(() => clearInterval(timer));
  await run.conclude(runner, {
    workers: [{ stop }],
    isInJobs: true,
    recoveryWithinMs: 15_000,
    faults: 1,
    seconds: 60 + jobs * 0.025,
  });
  const settled = samples.slice(Math.floor(samples.length / 5));
  const [first = 0] = settled;
  const grown = Math.max(...settled) - first;
  run.t.diagnostic(`${first.toFixed(0)} MiB, grown by ${grown.toFixed(0)} MiB over ${samples.length / 2} s`);
  assert.ok(samples.length >= 10 && grown < growthMiB, `grown by ${grown.toFixed(0)} MiB`);
});

function residentMiB(pid: number): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1_024;
}
