// Stages run beside each other, and within bounds. Expected: while a job renders, the scenes of the next ones are fetched, and no
// more than those; while its frames are on their way the next one renders; several frames are on their way at a time, the
// first of them while the job renders on; and the processors are shared by the Blenders.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedLab } from '../../../../lab/shared-lab.ts';
import { numbered, RenderFarm } from '../render-farm.ts';
import { tapRequests } from '../request-tap.ts';

const timeout = 120_000;

async function openTapped(t: TestContext, putsTakeMs = 0) {
  const { minio } = await sharedLab();
  const tap = await tapRequests(t, minio.url, (request) => (request.startsWith('PUT ') ? putsTakeMs : 0));
  return { farm: await RenderFarm.open(t, { storageUrl: tap.url }), tap };
}

test('while a job renders, the scenes of the next ones are fetched, and no more', { timeout }, async (t) => {
  const { farm, tap } = await openTapped(t);
  const slow = await farm.putScene('slow');
  const scenes = await Promise.all([2, 3, 4, 5].map((jobId) => farm.putScene('counter', `${jobId}.blend`)));
  const isFetched = (jobId: number): boolean => tap.requests.includes(`GET /${farm.bucket}/${jobId}.blend`);
  const worker = farm.startWorker({ args: ['-d', '--shutdown-timeout', '0'] });
  await farm.send(farm.job({ jobId: 1, scenePath: slow }));
  await worker.isRendering();
  await farm.send(...scenes.map((scenePath, index) => farm.job({ jobId: index + 2, scenePath })));
  // One that is prepared, and one in the place of a job whose frames are on their way.
  while (!isFetched(2) || !isFetched(3)) await sleep(20);
  await sleep(2_000);
  assert.deepEqual([2, 3, 4, 5].filter(isFetched), [2, 3]);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
});

test('frames are on their way, several at a time, while their job and the next one render', { timeout }, async (t) => {
  const { farm, tap } = await openTapped(t, 3_000);
  const [first, second] = [await farm.putScene('slow-counter'), await farm.putScene('counter')];
  const worker = farm.startWorker({ args: ['-d'] });
  const jobs = [
    { jobId: 1, scenePath: first, startFrame: 1, numFrames: 12 },
    { jobId: 2, scenePath: second, startFrame: 1 },
  ];
  await farm.send(...jobs.map((job) => farm.job(job)));
  await worker.said(({ message }) => /^Saved: .*0012\.png/.test(message));
  assert.ok(tap.requests.includes(`PUT /${farm.bucket}/out/1/0001.png`), 'the first frame goes up while others render');
  const { errors } = await farm.ended(2);
  assert.deepEqual(errors, []);
  assert.deepEqual(await farm.framesAt('out/1'), numbered(1, 12));
  const said = (what: string, job: number): number =>
    worker.log.findIndex(({ message, jobId }) => message === what && jobId === job);
  assert.ok(said('runs', 2) < said('completed', 1), 'the next job is rendered while the first one is on its way');
  const most = tap.mostAtOnce('PUT');
  t.diagnostic(`${most} uploads at a time`);
  assert.ok(most >= 3 && most <= 6, 'three of a job, and of the next one as many');
});

test('the processors are shared by the Blenders', { timeout }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  for (const concurrency of [1, 2]) {
    const worker = farm.startWorker({ args: ['--concurrency', String(concurrency)] });
    await farm.send(farm.job({ jobId: concurrency, scenePath }));
    const { command } = await worker.said(({ message }) => message === 'runs');
    const threads = Math.max(1, Math.floor(availableParallelism() / concurrency));
    assert.match(String(command), new RegExp(` -t ${threads} `));
    await worker.stop();
  }
});
