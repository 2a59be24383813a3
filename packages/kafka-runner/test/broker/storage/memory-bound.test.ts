// A file of 256 MB goes up and comes down. Expected: the process holds a few parts of it at a time.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { clientFor, newBucket, newFolder } from './storage-under-test.ts';

const MEGABYTE = 1024 ** 2;

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** By how many megabytes this process grows, at most, while `work` runs. */
async function growthMegabytes(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
  await work();
  clearInterval(watch);
  return (most - before) / MEGABYTE;
}

test('streams both ways', { timeout: 120_000 }, async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const folder = await newFolder(t);
  const [source, target] = [join(folder, 'in'), join(folder, 'out')];
  const block = randomBytes(MEGABYTE);
  await using file = await open(source, 'w');
  for (let index = 0; index < 256; index += 1) {
    block.writeUInt32LE(index);
    await file.write(block);
  }
  // What the first transfer needs for ever (code, connections) is not what is measured.
  await file.sync();
  await client.uploadFile(bucket, 'first', import.meta.filename);
  const up = await growthMegabytes(() => client.uploadFile(bucket, 'x', source));
  const down = await growthMegabytes(() => client.downloadFile(bucket, 'x', target));
  t.diagnostic(`upload +${up.toFixed()} MB, download +${down.toFixed()} MB`);
  // Measured: below 90 MB up (buffers that wait for the garbage collector), 20 MB down. Never the whole file.
  assert.ok(up < 128, `the upload took ${up} MB`);
  assert.ok(down < 100, `the download took ${down} MB`);
  assert.equal(await hashOf(target), await hashOf(source));
});
