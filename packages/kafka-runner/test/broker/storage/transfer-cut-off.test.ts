// The connection breaks in the middle of a download. Expected: the transfer starts again and the file is whole; when it
// breaks again and again, the error is storage-unreachable, and neither the file nor a part of it is left. So with uploads
// in parts, of which the server keeps none.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedLab } from '../../../../../lab/shared-lab.ts';
import { StorageUnavailableError } from '../../../src/storage/storage-errors.ts';
import type { StorageSettings } from '../../../src/storage/s3-client.ts';
import { faultyNetwork, type NetworkFault } from '../../faulty-network.ts';
import { clientFor, newBucket, newFolder, unfinishedUploads } from './storage-under-test.ts';

const MEGABYTE = 1024 * 1024;

async function setUp(t: TestContext, fault: NetworkFault, settings: StorageSettings) {
  const direct = await clientFor(t);
  const bucket = await newBucket(direct);
  const folder = await newFolder(t);
  const content = randomBytes(4 * MEGABYTE);
  await writeFile(join(folder, 'in'), content);
  await direct.uploadFile(bucket, 'scene.blend', join(folder, 'in'));
  const network = await faultyNetwork(t, (await sharedLab()).minio.url, fault);
  const client = await clientFor(t, { url: network.url }, settings);
  return { client, bucket, folder, file: join(folder, 'out'), content, network };
}

for (const kind of ['cut', 'end', 'stall'] as const) {
  test(`starts again after a ${kind}`, async (t) => {
    const fault = { kind, afterBytes: 2 * MEGABYTE, connections: 2 };
    const { client, bucket, file, content, network } = await setUp(t, fault, { idleTimeoutMs: 500 });
    const { size } = await client.downloadFile(bucket, 'scene.blend', file);
    assert.equal(size, content.length);
    assert.ok(content.equals(await readFile(file)));
    assert.equal(network.connections, 3);
  });

  test(`gives up when every attempt ends in a ${kind}`, async (t) => {
    const fault = { kind, afterBytes: 2 * MEGABYTE };
    const { client, bucket, folder, file, network } = await setUp(t, fault, { idleTimeoutMs: 500, maxAttempts: 3 });
    const download = client.downloadFile(bucket, 'scene.blend', file);
    await assert.rejects(download, (error) => {
      assert.ok(error instanceof StorageUnavailableError, String(error));
      assert.equal(error.code, 'storage-unreachable');
      assert.ok(error.message.includes(`${bucket}/scene.blend`) && error.message.includes(network.url), error.message);
      return true;
    });
    assert.equal(network.connections, 3);
    assert.deepEqual(await readdir(folder), ['in']);
  });

  test(`a request, too, is repeated after a ${kind}`, async (t) => {
    const { client, bucket } = await setUp(t, { kind, afterBytes: 1, connections: 2 }, { idleTimeoutMs: 500 });
    assert.equal((await client.headObject(bucket, 'scene.blend')).size, 4 * MEGABYTE);
  });
}

test('a slow transfer that moves is not given up', async (t) => {
  const fault = { kind: 'slow', afterBytes: 0 } as const;
  const { client, bucket, file } = await setUp(t, fault, { idleTimeoutMs: 400, maxAttempts: 1 });
  const started = performance.now();
  assert.equal((await client.downloadFile(bucket, 'scene.blend', file)).size, 4 * MEGABYTE);
  assert.ok(performance.now() - started > 800, 'it took longer in all than a connection may be idle');
});

for (const bytes of [10, 12 * MEGABYTE]) {
  test(`an upload of ${bytes} bytes that gets no answer is given up`, async (t) => {
    const fault = { kind: 'stall', afterBytes: 0 } as const;
    const { client, bucket, folder } = await setUp(t, fault, { idleTimeoutMs: 300, maxAttempts: 2 });
    await truncate(join(folder, 'in'), bytes);
    const upload = client.uploadFile(bucket, 'never', join(folder, 'in'));
    await assert.rejects(upload, { name: 'StorageUnavailableError', code: 'storage-unreachable' });
  });
}

// Behind the request that begins the upload, in the middle of a part of 5 MiB.
const inMidPart = { kind: 'cut-request', afterBytes: 3 * MEGABYTE } as const;

test('an upload that is cut in mid-part is whole in the end', async (t) => {
  const { client, bucket, folder, file, network } = await setUp(t, inMidPart, {});
  const content = randomBytes(12 * MEGABYTE);
  await writeFile(join(folder, 'in'), content);
  const upload = client.uploadFile(bucket, 'large', join(folder, 'in'));
  // Each is cut before its part is whole.
  while (network.connections < 5) await sleep(5);
  network.become({ kind: 'healthy' });
  await upload;
  await client.downloadFile(bucket, 'large', file);
  assert.ok(content.equals(await readFile(file)));
  assert.deepEqual(await unfinishedUploads(bucket, 'large'), []);
});

test('an upload that is cut in mid-part again and again leaves no parts', async (t) => {
  const { client, bucket, folder } = await setUp(t, inMidPart, { maxAttempts: 2 });
  await truncate(join(folder, 'in'), 12 * MEGABYTE);
  const upload = client.uploadFile(bucket, 'large', join(folder, 'in'));
  await assert.rejects(upload, { name: 'StorageUnavailableError', code: 'storage-unreachable' });
  assert.deepEqual(await unfinishedUploads(bucket, 'large'), []);
});
