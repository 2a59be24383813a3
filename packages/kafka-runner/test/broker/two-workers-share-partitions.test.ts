// Expected: two workers of a group share four partitions; in a quiet run each job is run exactly once and answered
// exactly once, by the worker that has its partition, with the key of its message.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

test('forty jobs over four partitions and two workers', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { partitions: 4 });
  const workers = await Promise.all([runner.startAssigned(), runner.startAssigned()]);
  for (let jobId = 0; jobId < 40; jobId += 1) {
    const command = ['sh', '-c', `mkdir ${runner.folder}/ran-${jobId} && echo ${jobId}`];
    await runner.sendValue(JSON.stringify({ jobId, command }), { partition: jobId % 4, key: `key-${jobId}` });
  }
  const { terminals } = await runner.assertAllDone();
  assert.deepEqual(
    terminals.map(({ kind }) => kind),
    Array(40).fill('result'),
    'a second run would have failed',
  );
  for (const { value, record } of terminals) assert.equal(record.key, `key-${String(value['jobId'])}`);
  assert.equal((await readdir(runner.folder)).filter((name) => name.startsWith('ran-')).length, 40);

  const partitionsOf = new Map<string, Set<string>>();
  for (const { record } of terminals) {
    const { worker = '', 'job-partition': partition = '' } = record.headers;
    partitionsOf.set(worker, (partitionsOf.get(worker) ?? new Set()).add(partition));
  }
  assert.deepEqual(
    [...partitionsOf.values()].map(({ size }) => size),
    [2, 2],
    'each has two partitions of its own',
  );
  assert.deepEqual(
    (await Promise.all(workers.map((worker) => worker.stop()))).map(({ exitCode }) => exitCode),
    [0, 0],
  );
});
