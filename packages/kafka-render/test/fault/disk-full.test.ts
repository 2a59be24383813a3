// The disk that frames are written to is full. Blender itself says that all went well. Expected: no result, one error
// record, nothing uploaded; the folder is emptied, so the next job, which is smaller, is done.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';

/**
 * One block for Blender's report and one for a frame. In a name space of the worker's own, which needs no rights and ends
 * with it.
 */
const mountAndRun = 'mount -t tmpfs -o nr_blocks=2 none tmp_render_out && exec "$@"';
const inNameSpace = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', mountAndRun, 'sh'];

test('a disk with room for one frame', { timeout: 90_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  await mkdir(path.join(farm.folder.cwd, 'tmp_render_out'));
  farm.startWorker({ before: inNameSpace });
  await farm.send(farm.job({ scenePath, numFrames: 2 }), farm.job({ scenePath, jobId: 2 }));
  const { results, errors } = await farm.ended(2);
  const records = errors.map(({ value }) => JSON.parse(value ?? '') as Record<string, unknown>);
  assert.deepEqual(
    records.map(({ offset, code }) => ({ offset, code })),
    [{ offset: 0, code: 'frame-invalid' }],
  );
  assert.match(String(records[0]?.['message']), /0008\.png.*empty/);
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['1'],
  );
  assert.deepEqual(await farm.storage.keys(farm.bucket, 'out/'), ['out/2/0007.png']);
  assert.deepEqual(await farm.framesAt('out/2'), { '0007.png': 7 });
  await farm.untilCommitted(2);
});
