import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { SceneName } from '../../../../lab/scenes/scene-names.ts';
import { sharedLab } from '../../../../lab/shared-lab.ts';
import { RenderFarm, type FarmOptions } from '../render-farm.ts';
import type { LogLine } from '../render-worker.ts';
import { tapRequests } from '../request-tap.ts';
import type { TestContext } from 'node:test';

// What the worker asks storage for is the evidence: a scene is fetched once, by however many jobs, workers and starts; a
// replaced scene is fetched again; scenes of one file name never meet.

async function openTapped(t: TestContext, options: FarmOptions = {}) {
  const { minio } = await sharedLab();
  const tap = await tapRequests(t, minio.url);
  const farm = await RenderFarm.open(t, { ...options, storageUrl: tap.url });
  /** The keys that were fetched so far, in order. */
  const fetched = (): string[] =>
    tap.requests
      // Not the listings of output locations.
      .filter((request) => request.startsWith('GET ') && !request.endsWith('/'))
      .map((request) => request.slice(`GET /${farm.bucket}/`.length));
  return { farm, fetched };
}

test('the same scene again, a replaced one, and two of one name', { timeout: 120_000 }, async (t) => {
  const { farm, fetched } = await openTapped(t);
  // Of one size, so that only their ETags tell them apart.
  const put = (scene: SceneName, folder: string): Promise<string> =>
    farm.putScene(scene, `${folder}/shot.blend`, 2_000_000);
  const [one, two] = [await put('counter', 'one'), await put('tiny', 'two')];
  farm.startWorker();
  await farm.send(farm.job({ jobId: 1, scenePath: one }), farm.job({ jobId: 2, scenePath: two, numFrames: 2 }));
  await farm.send(farm.job({ jobId: 3, scenePath: one, startFrame: 8 }), farm.job({ jobId: 4, scenePath: two }));
  await farm.ended(4);
  assert.deepEqual(fetched(), ['one/shot.blend', 'two/shot.blend']);
  assert.deepEqual(
    { ...(await farm.framesAt('out/1')), ...(await farm.framesAt('out/3')) },
    { '0007.png': 7, '0008.png': 8 },
  );
  await assert.rejects(farm.framesAt('out/2'), /not of one colour/, 'shows the other scene');

  await put('counter', 'two');
  await farm.send(farm.job({ jobId: 5, scenePath: two }), farm.job({ jobId: 6, scenePath: one }));
  const { errors } = await farm.ended(6);
  assert.deepEqual(errors, []);
  assert.deepEqual(fetched(), ['one/shot.blend', 'two/shot.blend', 'two/shot.blend']);
  assert.deepEqual(await farm.framesAt('out/5'), { '0007.png': 7 });
});

test('six jobs at once, a second worker in the folder, and a restart', { timeout: 120_000 }, async (t) => {
  const { farm, fetched } = await openTapped(t, { inTopic: { partitions: 2 } });
  const scenePath = await farm.putScene('counter');
  /** `count` jobs for each partition, the first of them with id and frame `from`. */
  const send = async (from: number, count: number): Promise<void> => {
    for (const partition of [0, 1]) {
      const ids = Array.from({ length: count }, (_, index) => from + partition * count + index);
      const jobs = ids.map((jobId) => JSON.stringify(farm.job({ jobId, scenePath, startFrame: jobId })));
      await farm.kafka.send(farm.topics.jobs, jobs, { partition });
    }
  };
  const first = farm.startWorker({ args: ['--concurrency', '2'] });
  await send(1, 3);
  await farm.ended(6);
  assert.deepEqual(fetched(), ['scenes/counter.blend']);

  const second = farm.startWorker();
  await second.isListening();
  await send(7, 1);
  await farm.ended(8);
  await Promise.all([first.stop(), second.stop()]);
  for (const worker of [first, second]) assert.ok(worker.log.some(isCompleted), 'both workers had jobs');

  farm.startWorker();
  await send(9, 1);
  const { errors } = await farm.ended(10);
  assert.deepEqual(errors, []);
  assert.deepEqual(fetched(), ['scenes/counter.blend']);
  for (let jobId = 1; jobId <= 10; jobId += 1) {
    assert.deepEqual(await farm.framesAt(`out/${jobId}`), { [`${String(jobId).padStart(4, '0')}.png`]: jobId });
  }
  const kept = (await readdir(path.join(farm.folder.cwd, 'scenes'))).filter((name) => name.endsWith('.blend'));
  assert.equal(kept.length, 1);
});

function isCompleted({ message }: LogLine): boolean {
  return message === 'completed';
}
