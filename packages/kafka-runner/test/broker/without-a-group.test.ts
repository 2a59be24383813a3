// Expected: without a group a runner does only what arrives after its start and commits nothing; a partition that is
// added later is noticed, and what arrived there is done from its first record on. One that stops says how many jobs had
// arrived that nobody does now.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { addPartitions } from '../kafka/add-partitions.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

test('without a group: what arrives from now on, nothing committed', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { partitions: 2, group: false });
  await runner.send({ jobId: 1, command: ['echo', 'too early'] });
  const worker = await runner.startAssigned();
  await runner.sendValue(JSON.stringify({ jobId: 2, command: ['echo', 'in time'] }), { partition: 0 });
  await runner.sendValue(JSON.stringify({ jobId: 3, command: ['echo', 'in time'] }), { partition: 1 });
  await worker.logged(/^completed$/, 2);

  await addPartitions(runner.bootstrapServers, runner.inTopic, 3);
  await runner.sendValue(JSON.stringify({ jobId: 4, command: ['echo', 'new'] }), { partition: 2 });
  await worker.logged(/^completed$/, 3);
  assert.equal((await worker.stop()).exitCode, 0);

  const { terminals, committed } = await runner.look(3);
  assert.deepEqual(terminals.map(({ value }) => value['jobId']).toSorted(), [2, 3, 4]);
  assert.deepEqual(committed, {});

  await runner.send({ jobId: 5, command: ['echo', 'while nobody listened'] });
  const next = await runner.startAssigned();
  await runner.send({ jobId: 6, command: ['echo', 'in time'] });
  await next.logged(/^completed$/);
  const later = await runner.look(4);
  assert.deepEqual(later.terminals.map(({ value }) => value['jobId']).toSorted(), [2, 3, 4, 6]);
});

test('stopped with jobs waiting: it says how many nobody does', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { group: false });
  const worker = await runner.startAssigned({ shutdownTimeoutMs: 0, commandGraceMs: 500 });
  await runner.send(...[1, 2, 3].map((jobId) => ({ jobId, command: ['sh', '-c', 'echo begun; sleep 60'] })));
  await worker.logged(/^begun$/);
  // The others have arrived within a moment of the first.
  await sleep(1_000);
  worker.signal('SIGTERM');
  const { code, jobs } = await worker.logged(/^\d+ jobs that had arrived are not done, and nobody remembers them/);
  assert.deepEqual({ code, jobs }, { code: 'jobs-dropped', jobs: 2 });
  assert.equal((await worker.end()).exitCode, 0);
});
