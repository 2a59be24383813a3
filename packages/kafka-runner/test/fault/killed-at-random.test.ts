// Expected: workers that are killed with -9 at random moments, again and again, lose no job and repeat none: in the end
// each has exactly one terminal record, everything is committed, and no process is left. The seed is printed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLab } from '../../../../lab/lab.ts';
import { assertAllDone } from '../kafka/oracle.ts';
import { processesWith } from '../kafka/processes-with.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000);

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test(`killed at random moments (TEST_SEED=${seed})`, { timeout: 150_000 }, async (t) => {
  const random = randomNumbers(seed);
  await using lab = await startLab({ minio: false });
  const runner = await RunnerUnderTest.create(t, { kafka: lab.kafka, partitions: 2 });
  const marker = randomUUID();
  for (let jobId = 0; jobId < 60; jobId += 1) {
    const script = `sleep ${(random() * 0.4).toFixed(2)}; : ${marker}; exit ${jobId % 5 === 4 ? 1 : 0}`;
    await runner.sendValue(JSON.stringify({ jobId, command: ['sh', '-c', script] }), { partition: jobId % 2 });
  }
  const options = { sessionTimeoutMs: 1_000, transactionTimeoutMs: 2_000, concurrency: 2, retryDelayMs: 100 };
  const workers = [runner.start(options), runner.start(options)];
  for (let kill = 0; kill < 8; kill += 1) {
    await sleep(1_000 + random() * 1_500);
    const victim = random() < 0.5 ? 0 : 1;
    await workers[victim]?.kill();
    workers[victim] = runner.start(options);
  }
  await runner.look();
  await Promise.all(workers.map((worker) => worker.logged(/^partitions assigned$/)));
  for (const { exitCode } of await Promise.all(workers.map((worker) => worker.stop()))) assert.equal(exitCode, 0);
  assertAllDone(await runner.look());
  assert.deepEqual(processesWith(marker), []);
  assert.deepEqual(await readdir(runner.options.jobsFolder ?? ''), []);
});
