// A GPU is lost in mid-frame (a stand-in for Blender says so; this machine has none). Expected: jobs are kept, and the worker stops
// when it meets nothing else any more; others do the jobs. A job that alone brings the GPU down ends all the same, and its
// error record says on which device.
import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';
import type { RenderWorker } from '../render-worker.ts';

const limit = { timeout: 120_000 };
const message = /The GPU failed while rendering \(CUDA, A card that is lost\): Error: Illegal address in CUDA queue/;

async function workerWithLostGpu(farm: RenderFarm, ...args: string[]): Promise<RenderWorker> {
  const blender = path.join(farm.folder.cwd, 'lost_gpu.py');
  await copyFile(path.join(import.meta.dirname, 'lost_gpu.py'), blender);
  return farm.startWorker({ args: ['-b', blender, '--blender-mode', 'cold', ...args] });
}

test('a worker whose GPU is lost stops, and fails none of its jobs', limit, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  const broken = await workerWithLostGpu(farm);
  await farm.send(...[1, 2, 3, 4, 5, 6].map((jobId) => farm.job({ jobId, scenePath, useGPU: true })));
  assert.deepEqual(await broken.endsWithin(60_000), { code: 1, signal: null });
  const why = broken.log.at(-1)?.message ?? '';
  assert.match(why, /^kafka-render: 5 attempts in a row have failed because of this machine/);
  assert.match(why, message);
  farm.startWorker();
  const { results, errors } = await farm.ended(6);
  assert.deepEqual([results.length, errors], [6, []]);
  // One that met it twice there has used up an attempt.
  assert.ok(results.every(({ headers }) => Number(headers['attempt']) <= 2));
});

test('a job that alone brings the GPU down has its attempts', limit, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  await workerWithLostGpu(farm, '--max-machine-faults', '20');
  await farm.send(farm.job({ scenePath, useGPU: true }), farm.job({ jobId: 2, scenePath }));
  const { results, errors } = await farm.ended(2);
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['1'],
  );
  const record = JSON.parse(errors[0]?.value ?? '') as Record<string, unknown>;
  assert.partialDeepStrictEqual(record, { code: 'device-lost', attempts: 3 });
  assert.match(String(record['message']), message);
  const { etag } = await farm.storage.stat(farm.bucket, 'scenes/counter.blend');
  const said = { 'scene-etag': etag, device: 'GPU', 'device-backend': 'CUDA', 'device-name': 'A card that is lost' };
  assert.partialDeepStrictEqual(errors[0]?.headers, { ...said, attempt: '3' });
  assert.equal(errors[0]?.headers['frames'], undefined);
});
