// The server goes away in the middle of a transfer. Expected: storage-unreachable within seconds, nothing half done under
// the file's or object's name, no part of an upload left; the same client goes on when the server is back.
import assert from 'node:assert/strict';
import { open, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startLab } from '../../../../../lab/lab.ts';
import { MinioClient } from '../../../src/storage/minio-client.ts';
import { NoSuchKeyError, StorageUnavailableError } from '../../../src/storage/storage-errors.ts';
import { newBucket, newFolder } from './storage-under-test.ts';

const SIZE = 1024 ** 3;

async function ownMinio(t: TestContext) {
  const lab = await startLab({ kafka: false });
  t.after(() => lab[Symbol.asyncDispose]());
  const client = new MinioClient(lab.minio);
  t.after(() => client[Symbol.dispose]());
  return { minio: lab.minio, client, bucket: await newBucket(client), folder: await newFolder(t) };
}

async function assertUnreachable(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof StorageUnavailableError, String(error));
    assert.equal(error.code, 'storage-unreachable');
    return true;
  });
}

/** Resolves when so many bytes lie in the temporary file of a download. */
async function untilReceived(folder: string, bytes: number): Promise<void> {
  for (;;) {
    const name = (await readdir(folder)).find((entry) => entry.startsWith('.download-'));
    if (name && (await stat(join(folder, name))).size >= bytes) return;
    await pause(2);
  }
}

test('in the middle of an upload', { timeout: 120_000 }, async (t) => {
  const { minio, client, bucket, folder } = await ownMinio(t);
  const file = join(folder, 'large');
  await writeFile(file, '');
  await truncate(file, SIZE);
  const upload = client.uploadFile(bucket, 'large', file);
  const outcome = assertUnreachable(upload);
  await pause(500);
  await minio.kill();
  const stopped = performance.now();
  await outcome;
  assert.ok(performance.now() - stopped < 15_000, 'within seconds');
  await assertUnreachable(client.headObject(bucket, 'large'));

  await minio.start();
  await assert.rejects(client.headObject(bucket, 'large'), NoSuchKeyError);
  await truncate(file, 20 * 1024 ** 2);
  assert.equal((await client.uploadFile(bucket, 'large', file)).size, 20 * 1024 ** 2);
});

test('in the middle of a download', { timeout: 120_000 }, async (t) => {
  const { minio, client, bucket, folder } = await ownMinio(t);
  const source = join(folder, 'in');
  await using handle = await open(source, 'w');
  await handle.truncate(SIZE / 2);
  await client.uploadFile(bucket, 'large', source);
  const target = join(folder, 'out');
  const download = client.downloadFile(bucket, 'large', join(target, 'large'));
  const outcome = assertUnreachable(download);
  await pause(20);
  await untilReceived(target, 1);
  await minio.kill();
  const stopped = performance.now();
  await outcome;
  assert.ok(performance.now() - stopped < 15_000, 'within seconds');
  assert.deepEqual(await readdir(target), []);

  await minio.start();
  assert.equal((await client.downloadFile(bucket, 'large', join(target, 'large'))).size, SIZE / 2);
});
