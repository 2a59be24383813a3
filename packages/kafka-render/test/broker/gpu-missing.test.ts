import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';

// A GPU is asked for on a machine without one: the frames are rendered on the CPU as the predecessor did, and the result
// and the log say so; `--gpu-missing fail` refuses such a job instead, and no other.

test('rendered on the CPU, and said so', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  const worker = farm.startWorker();
  await farm.send(farm.job({ scenePath, useGPU: true }), farm.job({ scenePath, jobId: 2, useGPU: false }));
  const { results } = await farm.ended(2);
  const [wanted, other] = results.map(({ headers }) => headers);
  assert.partialDeepStrictEqual(wanted, { device: 'CPU', 'gpu-missing': 'true' });
  assert.equal(other?.['gpu-missing'], undefined);
  const warnings = worker.log.filter(({ code }) => code === 'gpu-missing');
  assert.deepEqual(
    warnings.map(({ level, offset }) => ({ level, offset })),
    [{ level: 'warn', offset: 0 }],
  );
  assert.deepEqual(await farm.framesAt('out/1'), { '0007.png': 7 });
});

test('--gpu-missing fail', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  farm.startWorker({ args: ['--gpu-missing', 'fail'] });
  await farm.send(farm.job({ scenePath, useGPU: true }), farm.job({ scenePath, jobId: 2, useGPU: false }));
  const { results, errors } = await farm.ended(2);
  assert.deepEqual(
    errors.map(({ value }) => JSON.parse(value ?? '').code),
    ['gpu-missing'],
  );
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['1'],
  );
  assert.deepEqual(await farm.storage.keys(farm.bucket, 'out/'), ['out/2/0007.png']);
  await farm.untilCommitted(2);
});
