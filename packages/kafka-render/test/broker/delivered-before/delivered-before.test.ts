// A job is sent again, as `kafka-renderctl retry` does it, after an attempt that delivered some of its frames. Expected:
// only what is missing is rendered, and what stands at the place of a frame without being this job's frame is replaced.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { sharedLab } from '../../../../../lab/shared-lab.ts';
import { framesRendered, numbered, RenderFarm, type JobMessage } from '../../render-farm.ts';
import type { RenderWorker } from '../../render-worker.ts';
import { tapRequests } from '../../request-tap.ts';
import type { SceneName } from '../../../../../lab/scenes/scene-names.ts';

interface Delivered {
  readonly farm: RenderFarm;
  readonly worker: RenderWorker;
  readonly requests: readonly string[];
  readonly job: JobMessage;
  /** Sends jobs and waits for the end of all; the frames that were rendered for them, and the headers of the last result. */
  readonly send: (...jobs: readonly JobMessage[]) => Promise<{ rendered: number[]; headers: Record<string, string> }>;
}

/** A job of three frames that is done, and a worker that waits. */
async function delivered(t: TestContext, scene: SceneName = 'counter', args: string[] = []): Promise<Delivered> {
  const { minio } = await sharedLab();
  const tap = await tapRequests(t, minio.url);
  const farm = await RenderFarm.open(t, { storageUrl: tap.url });
  const scenePath = await farm.putScene(scene);
  const worker = farm.startWorker({ args: ['-d', ...args] });
  const job = farm.job({ scenePath, startFrame: 1, numFrames: 3 });
  let sent = 0;
  const send = async (...jobs: readonly JobMessage[]) => {
    const before = framesRendered(worker).length;
    await farm.send(...jobs);
    const { results, errors } = await farm.ended((sent += jobs.length));
    assert.deepEqual(errors, []);
    const headers = results.at(-1)?.headers ?? {};
    return { rendered: framesRendered(worker).slice(before), headers };
  };
  const first = await send(job);
  assert.deepEqual([...new Set(first.rendered)], [1, 2, 3]);
  assert.equal(first.headers['frames-delivered-before'], undefined);
  return { farm, worker, requests: tap.requests, job, send };
}

const key = 'out/1/0002.png';

test(
  'everything is there: Blender is not started, and the result says what rendered',
  { timeout: 60_000 },
  async (t) => {
    const { job, send, farm, requests } = await delivered(t);
    const from = requests.length;
    const { rendered, headers } = await send(job);
    assert.deepEqual(rendered, []);
    const { 'frames-delivered-before': before, engine, device } = headers;
    assert.deepEqual({ before, engine, device }, { before: '3', engine: 'CYCLES', device: 'CPU' });
    assert.match(headers['blender-version'] ?? '', /^\d+\.\d+/);
    const asked = requests.slice(from).filter((request) => !request.includes('scenes/'));
    assert.deepEqual(asked.toSorted(), [
      `GET /${farm.bucket}/`,
      ...[1, 2, 3].map((frame) => `HEAD /${farm.bucket}/out/1/000${frame}.png`),
    ]);
  },
);

test('a first delivery costs one listing, and no HEAD but that of the scene', { timeout: 60_000 }, async (t) => {
  const { farm, requests } = await delivered(t);
  const others = requests.filter((request) => !request.includes('scenes/'));
  assert.deepEqual(others.toSorted(), [
    `GET /${farm.bucket}/`,
    ...[1, 2, 3].map((frame) => `PUT /${farm.bucket}/out/1/000${frame}.png`),
  ]);
});

test('more frames of the same sending, one range before and one behind', { timeout: 60_000 }, async (t) => {
  const { farm, job, send } = await delivered(t);
  const { rendered, headers } = await send({ ...job, startFrame: 0, numFrames: 6 });
  assert.deepEqual(rendered.toSorted(), [0, 4, 5]);
  assert.equal(headers['frames-delivered-before'], '3');
  assert.deepEqual(await farm.framesAt('out/1'), numbered(0, 5));
});

test('a frame is missing', { timeout: 60_000 }, async (t) => {
  const { farm, job, send } = await delivered(t);
  await farm.storage.remove(farm.bucket, key);
  assert.deepEqual((await send(job)).rendered, [2]);
  assert.deepEqual(await farm.framesAt('out/1'), numbered(1, 3));
});

test('a truncated object that has the metadata of the frame', { timeout: 60_000 }, async (t) => {
  const { farm, job, send } = await delivered(t);
  const { metadata } = await farm.storage.stat(farm.bucket, key);
  const { content } = await farm.storage.get(farm.bucket, key);
  const file = path.join(farm.folder.cwd, 'truncated.png');
  await writeFile(file, content.subarray(0, 100));
  await farm.storage.put(farm.bucket, key, file, metadata);
  assert.deepEqual((await send(job)).rendered, [2]);
  assert.deepEqual(await farm.framesAt('out/1'), numbered(1, 3));
});

test('frames of other jobs, of a changed scene, of other settings are not taken', { timeout: 120_000 }, async (t) => {
  const { farm, job, send } = await delivered(t);
  const all = [1, 2, 3];
  const others: JobMessage[] = [{ jobId: 2 }, { timestamp: Number(job['timestamp']) + 1 }, { useGPU: true }];
  for (const fields of others)
    assert.deepEqual((await send({ ...job, ...fields })).rendered, all, JSON.stringify(fields));
  assert.deepEqual((await send({ ...job, ...others.at(-1) })).rendered, [], 'its own it does take');
  await farm.putScene('counter', 'scenes/counter.blend', 2_000_000);
  assert.deepEqual((await send({ ...job, ...others.at(-1) })).rendered, all, 'the scene was replaced');
});

test('one view of a stereo frame is missing', { timeout: 60_000 }, async (t) => {
  const { farm, job, send } = await delivered(t, 'stereo');
  await farm.storage.remove(farm.bucket, 'out/1/0002_R.png');
  assert.deepEqual((await send(job)).rendered, [2, 2]);
  assert.equal((await farm.storage.keys(farm.bucket, 'out/1/')).length, 6);
  assert.deepEqual((await send(job)).rendered, []);
});

test('a file of a File Output node is missing', { timeout: 60_000 }, async (t) => {
  const { farm, job, send } = await delivered(t, 'file-output-node');
  assert.deepEqual((await send(job)).rendered, []);
  await farm.storage.remove(farm.bucket, 'out/1/Data/_image0003.exr');
  assert.deepEqual([...new Set((await send(job)).rendered)], [3]);
  assert.equal((await farm.storage.keys(farm.bucket, 'out/1/')).length, 9);
});

test('a scene that simulates is rendered from its first frame again', { timeout: 60_000 }, async (t) => {
  const { farm, job, send } = await delivered(t, 'cloth-counter');
  await farm.storage.remove(farm.bucket, 'out/1/0003.png');
  const { rendered, headers } = await send(job);
  assert.deepEqual(rendered, [1, 2, 3]);
  assert.equal(headers['frames-delivered-before'], undefined);
  assert.deepEqual((await send(job)).rendered, []);
});

test('thousands of foreign objects at the place', { timeout: 120_000 }, async (t) => {
  const { farm, job, send, requests } = await delivered(t);
  const foreign = Array.from({ length: 1_500 }, (_, index) => [`out/1/0000-${index}`, `out/1/0004/${index}`]).flat();
  await farm.storage.putMany(farm.bucket, foreign);
  const from = requests.length;
  assert.deepEqual((await send(job)).rendered, []);
  const lists = requests.slice(from).filter((request) => request === `GET /${farm.bucket}/`);
  assert.equal(lists.length, 1);
  const within = Array.from({ length: 2_000 }, (_, index) => `out/1/0001-${String(index).padStart(4, '0')}`);
  await farm.storage.putMany(farm.bucket, within);
  const { rendered } = await send(job);
  assert.deepEqual(rendered, [1, 2, 3], 'what the listing does not reach is rendered');
  assert.deepEqual((await send({ ...job, jobId: 9, outputLocation: `${farm.bucket}/out/9` })).rendered, [1, 2, 3]);
});
