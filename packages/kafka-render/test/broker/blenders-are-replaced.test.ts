// Expected: with --recycle-after 2 no Blender renders a third job, and every job is done.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';

test('a Blender is replaced after so many jobs', { timeout: 90_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  const worker = farm.startWorker({ args: ['-d', '--recycle-after', '2'] });
  await farm.send(...[1, 2, 3, 4, 5, 6].map((jobId) => farm.job({ scenePath, jobId })));
  const { results, errors } = await farm.ended(6);
  assert.deepEqual(errors, []);
  assert.deepEqual(new Set(results.map(({ headers }) => headers['attempt'])), new Set(['1']));
  for (let id = 1; id <= 6; id += 1) assert.deepEqual(await farm.framesAt(`out/${id}`), { '0007.png': 7 });
  const replaced = worker.log.filter(({ message }) => message === 'resident program replaced');
  assert.deepEqual(
    replaced.map(({ commands }) => commands),
    [2, 2, 2],
  );
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
});
