// Expected: with a Blender that stays and with one of its own, whoever reads the progress topic sees a job's frames and samples go
// up and the rest shrink; every record on every topic is as `asyncapi.yaml` says. A render that is cancelled
// ends within two seconds, its Blender with it, and the worker renders on.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from 'kafka-runner';
import { Watcher } from '../../../kafka-runner/test/kafka/watcher.ts';
import { AsyncApi } from '../async-api.ts';
import { blenderAtWork } from '../processes.ts';
import { RenderFarm } from '../render-farm.ts';

const api = new AsyncApi();

for (const mode of ['resident', 'cold']) {
  test(`Blender is ${mode}`, { timeout: 180_000 }, async (t) => {
    const farm = await RenderFarm.open(t);
    const progress = `${farm.group}.progress`;
    const control = `${farm.group}.control`;
    await Promise.all([progress, control].map((topic) => farm.lab.kafka.createTopic(topic)));
    const watcher = await Watcher.start(t, farm.lab.kafka.bootstrapServers, progress);
    const scenePath = await farm.putScene('slow-counter');
    const topics = ['--progress-topic', progress, '--control-topic', control];
    const worker = farm.startWorker({ args: [...topics, '--blender-mode', mode] });

    await farm.send(farm.job({ scenePath, startFrame: 1, numFrames: 15 }));
    assert.equal((await farm.ended(1, 100)).results.length, 1);
    const key = (offset: number): string => `${farm.topics.jobs}-0-${offset}`;
    await watcher.seen(({ state, offset }) => offset === 0 && state === 'completed');
    const events = watcher.of(key(0));
    const rendering = events.filter(({ state, frame }) => state === 'rendering' && frame !== undefined);
    assert.ok(rendering.length >= 2, JSON.stringify(events));
    assertRises(rendering.map(({ frame }) => frame));
    assertRises(events.map(({ framesDone }) => framesDone ?? 0));
    assert.ok(rendering.some(({ samples, etaSeconds }) => Number(samples) > 0 && Number(etaSeconds) >= 0));
    assert.partialDeepStrictEqual(events.at(-1) ?? {}, {
      jobId: 1,
      scenePath,
      startFrame: 1,
      numFrames: 15,
      framesDone: 15,
    });
    const last = events.at(-1) ?? assert.fail();
    const states = (last['states'] as { state: string }[]).map(({ state }) => state);
    assert.deepEqual(states, ['accepted', 'staged', 'rendering', 'uploading', 'completed']);

    await farm.send(farm.job({ scenePath, jobId: 2, startFrame: 1, numFrames: 5_000 }));
    await watcher.seen(({ offset, frame }) => offset === 1 && Number(frame) > 1);
    const blender = await blenderAtWork(farm.folder.cwd);
    const orderedMs = performance.now();
    const order = { order: 'cancel', jobId: 2, time: new Date().toISOString() };
    await farm.kafka.send(control, [JSON.stringify(order)], { key: 'job/2' });
    while (existsSync(`/proc/${blender}`)) await sleep(10);
    const tookMs = performance.now() - orderedMs;
    t.diagnostic(`Blender is gone ${Math.round(tookMs)} ms after the order`);
    assert.ok(tookMs < 2_000, `${tookMs} ms`);
    const { errors } = await farm.ended(2);
    assert.equal((JSON.parse(errors[0]?.value ?? '') as JsonObject)['code'], 'cancelled');
    await watcher.seen(({ offset, state }) => offset === 1 && state === 'cancelled');
    await farm.send(farm.job({ scenePath, jobId: 3 }));
    assert.equal((await farm.ended(3)).results.length, 2);
    assert.equal((await worker.stop()).code, 0);

    await watcher.seen(({ state }) => state === 'stopped');
    const { jobs, results, errors: errorTopic } = farm.topics;
    const told = { [progress]: watcher.events.length, [control]: 1 };
    await assertAsDescribed(farm, { [jobs]: 3, [results]: 2, [errorTopic]: 1, ...told });
  });
}

const messageOf: Readonly<Record<string, (value: JsonObject) => string>> = {
  jobs: () => 'renderJob',
  results: () => 'renderOutput',
  errors: () => 'jobError',
  progress: ({ kind }) => (kind === 'job' ? 'jobProgress' : 'workerHeartbeat'),
  control: () => 'cancelJob',
};

/** Each record, its key and its headers, is as `asyncapi.yaml` says. */
async function assertAsDescribed(farm: RenderFarm, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [topic, count] of Object.entries(counts)) {
    const records = (await farm.kafka.read([topic], count, 10))[topic] ?? [];
    assert.ok(records.length >= count, topic);
    for (const { key, headers, value } of records) {
      const content = JSON.parse(value ?? '') as JsonObject;
      const name = messageOf[topic.split('.').at(-1) ?? '']?.(content) ?? '';
      assert.deepEqual(api.message(name).faults({ key, headers, value: content }), [], value ?? '');
    }
  }
}

function assertRises(numbers: readonly unknown[]): void {
  const sorted = numbers.map(Number).toSorted((a, b) => a - b);
  assert.deepEqual(numbers.map(Number), sorted);
  assert.ok((sorted.at(-1) ?? 0) > (sorted[0] ?? 0), String(numbers));
}
