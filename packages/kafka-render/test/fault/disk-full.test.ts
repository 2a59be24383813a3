// The disk that frames are written to is full. Blender itself says that all went well. Expected: no result, no error record
// and no broken frame uploaded for as long as it is full; when there is room again, the job and the next one are done.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { faultScenario } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import { RenderFarm } from '../render-farm.ts';

/**
 * One block for Blender's report and none for a frame, and 16 MiB as soon as there is a file `room`. In a name space of the
 * worker's own, which needs no rights and ends with it.
 */
const mountAndRun = `
  mount -t tmpfs -o nr_blocks=1 none tmp_render_out || exit 1
  timeout 80 sh -c 'until [ -e room ]; do sleep 0.1; done; mount -o remount,nr_blocks=4096 tmp_render_out' &
  exec "$@"`;
const inNameSpace = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', mountAndRun, 'sh'];

const title = 'disk full during a rendering';
faultScenario({ scenario: 11, title, file: import.meta.filename, timeoutMs: 90_000 }, async (run) => {
  const farm = await RenderFarm.open(run.t);
  const scenePath = await farm.putScene('counter');
  await mkdir(path.join(farm.folder.cwd, 'tmp_render_out'));
  const worker = farm.startWorker({ before: inNameSpace });
  await farm.send(farm.job({ scenePath, numFrames: 2 }));
  const isKept = ({ code, offset }: { code?: string; offset?: number }) => code === 'disk-full' && offset === 0;
  const { message } = await worker.said(isKept);
  assert.match(message, /is full.*0007\.png.*empty/);
  // Only now: the report of whichever begins first takes the block.
  await farm.send(farm.job({ scenePath, jobId: 2 }));
  await worker.said(({ code, offset }) => code === 'disk-full' && offset === 1);
  assert.deepEqual(await farm.ended(0), { results: [], errors: [] });
  assert.deepEqual(await farm.storage.keys(farm.bucket, 'out/'), []);

  run.fault();
  await writeFile(path.join(farm.folder.cwd, 'room'), '');
  const { results, errors } = await farm.ended(2);
  assert.deepEqual(errors, []);
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['0', '1'],
  );
  assert.deepEqual(await farm.framesAt('out/1'), { '0007.png': 7, '0008.png': 8 });
  assert.deepEqual(await farm.framesAt('out/2'), { '0007.png': 7 });
  await run.conclude(farmTopics(farm), { workers: [stoppable(worker)], recoveryWithinMs: 45_000 });
});
