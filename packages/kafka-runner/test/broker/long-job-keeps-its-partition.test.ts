// Expected: a job that takes several times as long as the session keeps its worker in the group. When another worker
// joins meanwhile the job is not repeated, unless its partition moved: then the other one does it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

const quick = { sessionTimeoutMs: 1_000 };

test('a job three sessions long is done once, by the worker that began it', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const file = `${runner.folder}/runs`;
  await runner.send({ jobId: 1, command: ['sh', '-c', `echo run >> ${file}; echo begun; sleep 4`] });
  const first = await runner.startAssigned(quick);
  const { partition } = await first.logged(/^begun$/);
  assert.equal(partition, 0);
  const second = runner.start(quick);
  await second.logged(/^listening$/);
  await first.logged(/^completed$/);
  const { terminals } = await runner.assertAllDone();
  assert.equal(await readFile(file, 'utf8'), 'run\n');
  assert.match(terminals[0]?.record.headers['worker'] ?? '', new RegExp(`-${first.pid}$`));
  assert.deepEqual(
    first.lines.filter(({ message }) => /revoked/.test(message)),
    [],
  );
  assert.deepEqual(
    [await first.stop(), await second.stop()].map(({ exitCode }) => exitCode),
    [0, 0],
  );
});

test(
  'of two busy partitions one moves to the worker that joins, and every job has one result',
  { timeout: 60_000 },
  async (t) => {
    const runner = await RunnerUnderTest.create(t, { partitions: 2 });
    const command = ['sh', '-c', 'echo begun; sleep 3'];
    for (const partition of [0, 1])
      await runner.sendValue(JSON.stringify({ jobId: partition, command }), { partition });
    const first = await runner.startAssigned({ ...quick, concurrency: 2 });
    await first.logged(/^begun$/, 2);
    const second = await runner.startAssigned({ ...quick, concurrency: 2 });
    await first.logged(/interrupted, the job is kept: partition/);
    const { terminals } = await runner.assertAllDone();
    const workers = terminals.map(({ record }) => record.headers['worker'] ?? '');
    assert.deepEqual(
      workers.map((name) => name.replace(/.*-/, '')).toSorted(),
      [first.pid, second.pid].map(String).toSorted(),
    );
  },
);

test('a job three poll limits long, with more waiting than the intake holds', { timeout: 90_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  await runner.send({ jobId: 0, command: ['sleep', '7'] });
  const waiting = Array.from({ length: 300 }, (_, index) => ({ jobId: index + 1, command: ['true'] }));
  await runner.send(...waiting);
  const worker = await runner.startAssigned({ ...quick, maxPollIntervalMs: 2_000 });
  await worker.logged(/^completed$/);
  assert.ok(!worker.lines.some(({ message }) => message === 'partitions revoked'));
  await worker.logged(/^completed$/, 301);
  await runner.assertAllDone();
});
