// The signal of a job is aborted while storage works for it. Expected: the signal's reason comes out unchanged and soon,
// connections are let go, and neither a temporary file nor parts of an upload stay behind.
import assert from 'node:assert/strict';
import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { InterruptedError } from '../../../src/errors.ts';
import { faultyNetwork } from '../../faulty-network.ts';
import { clientFor, newBucket, newFolder, unfinishedUploads } from './storage-under-test.ts';

const REASON = new InterruptedError('shutdown', 'The worker shuts down.');

async function setUp(t: TestContext) {
  const client = await clientFor(t);
  return { client, bucket: await newBucket(client), folder: await newFolder(t), controller: new AbortController() };
}

async function assertEndsSoon(call: Promise<unknown>): Promise<void> {
  const started = performance.now();
  await assert.rejects(call, (error) => error === REASON);
  assert.ok(performance.now() - started < 2000, `took ${performance.now() - started} ms`);
}

async function sparseFile(folder: string, bytes: number): Promise<string> {
  const file = join(folder, 'sparse');
  await writeFile(file, '');
  await truncate(file, bytes);
  return file;
}

test('no call begins once the signal is aborted', async (t) => {
  const { client, bucket, folder, controller } = await setUp(t);
  controller.abort(REASON);
  const { signal } = controller;
  const file = await sparseFile(folder, 10);
  for (const call of [
    () => client.listBuckets({ signal }),
    () => client.createBucket(bucket, { signal }),
    () => client.bucketExists(bucket, { signal }),
    () => client.listObjects(bucket, '', { signal }).next(),
    () => client.headObject(bucket, 'x', { signal }),
    () => client.uploadFile(bucket, 'x', file, { signal }),
    () => client.uploadDirectory(bucket, 'x', folder, { signal }),
    () => client.downloadFile(bucket, 'x', file, { signal }),
    () => client.downloadDirectory(bucket, '', folder, { signal }),
  ]) {
    await assertEndsSoon(call());
  }
  assert.equal((await client.listObjects(bucket, '').next()).done, true);
});

test('an upload in parts', async (t) => {
  const { client, bucket, folder, controller } = await setUp(t);
  const file = await sparseFile(folder, 1024 ** 3);
  const upload = client.uploadFile(bucket, 'large', file, { signal: controller.signal });
  setTimeout(() => controller.abort(REASON), 500);
  await pause(450);
  await assertEndsSoon(upload);
  assert.deepEqual(await unfinishedUploads(bucket, 'large'), []);
  assert.equal((await client.listObjects(bucket, '').next()).done, true);
});

test('a download that does not move', async (t) => {
  const { client: direct, bucket, folder, controller } = await setUp(t);
  await direct.uploadFile(bucket, 'x', await sparseFile(folder, 4 * 1024 ** 2));
  const network = await faultyNetwork(t, direct.url, { kind: 'stall', afterBytes: 1024 ** 2 });
  const client = await clientFor(t, { url: network.url });
  const download = client.downloadFile(bucket, 'x', join(folder, 'out/x'), { signal: controller.signal });
  setTimeout(() => controller.abort(REASON), 300);
  await assertEndsSoon(download);
  assert.deepEqual(await readdir(join(folder, 'out')), []);
  await pause(100);
  assert.equal(network.openConnections, 0);
});

test('a request that gets no answer', async (t) => {
  const { client: direct, bucket, controller } = await setUp(t);
  const network = await faultyNetwork(t, direct.url, { kind: 'stall', afterBytes: 0 });
  const client = await clientFor(t, { url: network.url });
  setTimeout(() => controller.abort(REASON), 300);
  await assertEndsSoon(client.headObject(bucket, 'x', { signal: controller.signal }));
});

test('directories, both ways', async (t) => {
  const { client, bucket, folder, controller } = await setUp(t);
  for (let index = 0; index < 400; index += 1) await writeFile(join(folder, `${index}`.padStart(4, '0')), 'x');
  setTimeout(() => controller.abort(REASON), 100);
  await assertEndsSoon(client.uploadDirectory(bucket, 'x', folder, { signal: controller.signal }));
  await client.uploadDirectory(bucket, 'x', folder);
  const second = new AbortController();
  setTimeout(() => second.abort(REASON), 100);
  const out = join(await newFolder(t), 'out');
  await assertEndsSoon(client.downloadDirectory(bucket, 'x', out, { signal: second.signal }));
  const names = await readdir(out);
  assert.ok(names.length < 400);
  assert.ok(
    names.every((name) => !name.startsWith('.')),
    'no temporary file is left',
  );
});
