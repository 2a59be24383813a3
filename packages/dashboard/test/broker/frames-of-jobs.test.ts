// Expected: through the dashboard one sees small pictures of the frames of jobs, and nothing else that is in storage or on
// its disk, whatever a job says and whatever one asks for.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import type { FramePage } from '../../src/api.ts';
import { DashboardFarm } from '../dashboard-farm.ts';

const picture = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#207040' } })
  .png()
  .toBuffer();
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>';
/** Its header asks for 60,000 x 60,000 pixels. */
const bomb = Buffer.from(picture);
bomb.writeUInt32BE(60_000, 16);
bomb.writeUInt32BE(60_000, 20);

test('frames of jobs, and nothing else', async (t) => {
  const dashboardFarm = await DashboardFarm.open(t);
  const { farm } = dashboardFarm;
  const put = async (key: string, content: Buffer | string, bucket = farm.bucket): Promise<void> => {
    const file = path.join(farm.folder.cwd, 'object');
    await writeFile(file, content);
    await farm.storage.put(bucket, key, file);
  };
  const other = `${farm.bucket}-other`;
  await farm.storage.makeBucket(other);
  await put('out/0001.png', picture);
  await put('out/0002.png', picture);
  await put('out/0003.png', svg);
  await put('out/0004.png', bomb);
  await put('out/0005.exr', 'not for browsers');
  await put('out/0006.png', 'cut off');
  await put('out/0099.png', picture);
  await put('out/deeper/0007.png', picture);
  await put('out/secret.png', picture);
  await put('0008.png', picture);
  await put('0001.png', picture, other);

  const places = [
    `${farm.bucket}/out`,
    `${farm.bucket}/out/../`,
    '../etc',
    `${farm.bucket}\\out`,
    other,
    'no-such-bucket-at-all/out',
    7,
    'x'.repeat(5_000),
  ];
  const job = { startFrame: 1, numFrames: 8 };
  await farm.send(...places.map((outputLocation) => farm.job({ ...job, outputLocation })));
  await using dashboard = dashboardFarm.start('--buckets', `${farm.bucket},no-such-bucket-at-all`);
  const { origin } = new URL(await dashboard.address());
  const get = async (where: string): Promise<Response> => await fetch(`${origin}${where}`);
  const framesOf = async (offset: number): Promise<FramePage> => {
    const response = await get(`/api/jobs/0/${offset}/frames`);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as FramePage;
  };
  for (let turn = 0; (await get(`/api/jobs/0/${places.length - 1}`)).status !== 200; turn += 1) {
    assert.ok(turn < 100, 'the jobs are not there');
    await sleep(100);
  }

  await t.test('those of its range, right below its output location', async () => {
    const { frames, next } = await framesOf(0);
    assert.deepEqual(
      frames.map(({ frame, isShown }) => `${frame} ${isShown}`),
      ['1 true', '2 true', '3 true', '4 true', '5 false', '6 true'],
    );
    assert.equal(next, null);
    const from = (await (await get('/api/jobs/0/0/frames?from=5')).json()) as FramePage;
    assert.deepEqual(
      from.frames.map(({ frame }) => frame),
      [5, 6],
    );
  });

  await t.test('small pictures of them, made anew', async () => {
    const response = await get('/api/jobs/0/0/frames/1/thumbnail');
    assert.equal(response.headers.get('content-type'), 'image/webp');
    const { format, width, height } = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
    assert.deepEqual([format, width, height], ['webp', 320, 213]);
  });

  await t.test('what is no picture, whatever it is called', async () => {
    for (const frame of [3, 4, 5, 6]) {
      assert.equal((await get(`/api/jobs/0/0/frames/${frame}/thumbnail`)).status, 404, String(frame));
    }
  });

  await t.test('what is no frame of the job', async () => {
    for (const frame of [0, 7, 8, 9, 99]) {
      assert.equal((await get(`/api/jobs/0/0/frames/${frame}/thumbnail`)).status, 404, String(frame));
    }
    for (const frame of ['1.5', '-1', 'secret', '..%2f0008', '%2e%2e/0008.png', '1%00', '1e0x']) {
      const { status } = await get(`/api/jobs/0/0/frames/${frame}/thumbnail`);
      assert.ok(status === 400 || status === 404, `${frame}: ${status}`);
    }
    assert.equal((await get('/api/jobs/0/999/frames/1/thumbnail')).status, 404);
  });

  await t.test('places that are none, or are not to be shown', async () => {
    for (const offset of [1, 2, 3, 4, 5, 6, 7]) {
      assert.deepEqual(await framesOf(offset), { frames: [], next: null }, String(places[offset]).slice(0, 50));
      assert.equal((await get(`/api/jobs/0/${offset}/frames/1/thumbnail`)).status, 404);
    }
  });

  await t.test('files of the server', async () => {
    assert.equal((await get('/')).status, 200);
    for (const file of [
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/assets/..%5c..%5cindex.html',
      '/.env',
    ]) {
      const { status } = await get(file);
      assert.ok(status === 403 || status === 404 || status === 400, `${file}: ${status}`);
    }
  });

  await t.test('changes without the token', async () => {
    for (const order of ['cancel', 'retry']) {
      assert.equal((await fetch(`${origin}/api/jobs/0/0/${order}`, { method: 'POST' })).status, 401);
    }
  });
});
