// Expected: whoever reads the progress topic knows within a second what state a job is in and what a worker is at; no more than
// two events a second and job. A topic that takes none of it does not touch the jobs.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedLab } from '../../../../lab/shared-lab.ts';
import { SchemaSet } from '../../src/schemas/schema.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { Watcher } from '../kafka/watcher.ts';

const schemas = new SchemaSet();
await schemas.add(path.join(import.meta.dirname, '../../../kafka-render/schemas/progress_event.schema.json'));

test('jobs and their worker', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { steered: true });
  const watcher = await Watcher.start(t, runner.bootstrapServers, runner.progressTopic);
  await runner.send(
    { jobId: 1, command: ['sleep', '5.5'] },
    { jobId: 2, command: ['false'] },
    { jobId: 3, command: ['true'] },
  );
  const worker = await runner.startAssigned({ version: '1.2.3' });
  await runner.assertAllDone();
  await worker.stop();
  await watcher.seen(({ state }) => state === 'stopped');

  const statesOf = (offset: number): unknown[] => watcher.of(`${runner.inTopic}-0-${offset}`).map(({ state }) => state);
  assert.deepEqual(statesOf(0).at(-1), 'completed');
  assert.ok(statesOf(0).includes('running'), String(statesOf(0)));
  assert.deepEqual(statesOf(1).at(-1), 'failed');
  assert.deepEqual(statesOf(2).at(-1), 'completed');
  const beats = watcher.of(`worker/${worker.name}`);
  assert.partialDeepStrictEqual(beats.at(-1), {
    kind: 'worker',
    runner: 'TestRunner',
    version: '1.2.3',
    state: 'stopped',
  });
  assert.ok(
    beats.some(({ partitions }) => (partitions as { lag?: number }[])[0]?.lag === 3),
    JSON.stringify(beats),
  );

  for (const { key, event, ageMs } of watcher.events.filter(({ event: { kind } }) => kind === 'job')) {
    assert.ok(ageMs < 1_500, `${key} ${String(event['state'])} was ${ageMs} ms old`);
  }
  const ages = watcher.events.map(({ ageMs }) => ageMs).toSorted((a, b) => a - b);
  t.diagnostic(`ages of events: median ${ages[Math.floor(ages.length / 2)]} ms, oldest ${ages.at(-1)} ms`);
  assert.ok((ages[Math.floor(ages.length / 2)] ?? Infinity) < 1_000);
});

test('a topic that takes no event', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const progressTopic = `${runner.inTopic}-refuses`;
  const { kafka } = await sharedLab();
  await kafka.createTopic(progressTopic, { config: { 'max.message.bytes': '10' } });
  const worker = await runner.startAssigned({ progressTopic });
  await runner.send({ jobId: 1, command: ['true'] }, { jobId: 2, command: ['true'] });
  await runner.assertAllDone();
  await sleep(300);
  const { exitCode, tookMs } = await worker.stop();
  assert.equal(exitCode, 0);
  assert.ok(tookMs < 5_000, `${tookMs} ms`);
  const { droppedEvents } = await worker.logged(/^events were dropped$/);
  assert.ok(Number(droppedEvents) >= 2, String(droppedEvents));
});
