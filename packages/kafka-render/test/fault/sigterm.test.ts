// SIGTERM in the middle of a render. Expected: a job that ends within the shutdown time-out is finished; one that does not is
// handed back, without a record, and the next worker begins it. Blender is gone, the exit code is 0.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blendersOf } from '../processes.ts';
import { RenderFarm } from '../render-farm.ts';

test('a job that is nearly done is finished', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('slow-counter');
  const worker = farm.startWorker({ args: ['-d'] });
  await farm.send(farm.job({ scenePath, numFrames: 40 }));
  await worker.said(({ message }) => message.startsWith('Saved:'));
  await farm.send(farm.job({ scenePath, jobId: 2 }));
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  const { results } = await farm.ended(1);
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['0'],
  );
  assert.equal((await farm.storage.keys(farm.bucket, 'out/1/')).length, 40);
  await farm.untilCommitted(1);
});

for (const [signal, mode] of [
  ['SIGTERM', 'resident'],
  ['SIGINT', 'resident'],
  ['SIGTERM', 'cold'],
] as const) {
  test(`a job that takes hours is handed back: ${signal}, ${mode}`, { timeout: 60_000 }, async (t) => {
    const farm = await RenderFarm.open(t);
    const scenePath = await farm.putScene('slow');
    const worker = farm.startWorker({ args: ['-d', '--shutdown-timeout', '1', '--blender-mode', mode] });
    await farm.send(farm.job({ scenePath }));
    await worker.isRendering();
    const stoppedMs = performance.now();
    assert.deepEqual(await worker.stop(signal), { code: 0, signal: null });
    const seconds = (performance.now() - stoppedMs) / 1_000;
    // After the time-out Blender has 5 s to end by itself; it ends at once.
    assert.ok(seconds >= 1 && seconds < 6, `after ${seconds} s`);
    assert.deepEqual(await blendersOf(farm.folder.cwd), []);
    assert.deepEqual(await farm.jobFolders(), []);
    assert.deepEqual(await farm.ended(0), { results: [], errors: [] });
    assert.deepEqual(await farm.kafka.committed(farm.group, farm.topics.jobs), [0]);

    const next = farm.startWorker({ args: ['-d', '--shutdown-timeout', '0'] });
    await next.isRendering();
    await next.stop();
  });
}
