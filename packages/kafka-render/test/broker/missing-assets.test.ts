import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';

// `--missing-assets warn`: a scene whose texture is missing is rendered without it, and the header of its result and a
// warning say so, also of frames that an earlier job delivered; the result of a whole scene says nothing.

test('--missing-assets warn', { timeout: 90_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const [lacking, whole] = [await farm.putScene('missing-texture'), await farm.putScene('counter')];
  const worker = farm.startWorker({ args: ['--missing-assets', 'warn'] });
  const job = farm.job({ scenePath: lacking });
  await farm.send(job, farm.job({ scenePath: whole, jobId: 2 }));
  await farm.ended(2);
  await farm.send(job);
  const { results, errors } = await farm.ended(3);
  assert.deepEqual(errors, []);
  assert.deepEqual(
    results.map(({ headers }) => [headers['missing-assets'], headers['frames-delivered-before']]),
    [
      ['//textures/gone.png', undefined],
      [undefined, undefined],
      ['//textures/gone.png', '1'],
    ],
  );
  const warnings = worker.log.filter(({ code }) => code === 'asset-missing');
  assert.deepEqual(
    warnings.map(({ level, offset }) => ({ level, offset })),
    [
      { level: 'warn', offset: 0 },
      { level: 'warn', offset: 2 },
    ],
  );
});
