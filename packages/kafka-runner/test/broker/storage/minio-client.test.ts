import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { sharedLab } from '../../../../../lab/shared-lab.ts';
import { readMinioCredentials } from '../../../src/storage/credentials.ts';
import { MinioClient } from '../../../src/storage/minio-client.ts';
import type { ObjectInfo } from '../../../src/storage/object-listing.ts';
import { clientFor, newBucket, newFolder, newName } from './storage-under-test.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const keysOf = async (items: AsyncIterable<ObjectInfo>): Promise<string[]> =>
  (await collect(items)).map(({ key }) => key);

test('a client made from a credentials file works', async () => {
  const { minio } = await sharedLab();
  using client = new MinioClient(await readMinioCredentials(minio.credentialsFile));
  const bucket = await newBucket(client);
  assert.ok((await client.listBuckets()).includes(bucket));
});

test('creates buckets, and finds one of its own fine', async (t) => {
  const client = await clientFor(t);
  const bucket = newName();
  assert.equal(await client.bucketExists(bucket), false);
  await Promise.all([client.createBucket(bucket), client.createBucket(bucket), client.createBucket(bucket)]);
  await client.createBucket(bucket);
  assert.equal(await client.bucketExists(bucket), true);
});

test('uploads and downloads a small file byte for byte, with type and metadata', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const folder = await newFolder(t);
  const content = randomBytes(3300);
  await writeFile(join(folder, 'in'), content);
  const metadata = { Fingerprint: 'a b  c', scene: 'scenes/日本 🎬.blend' };
  const uploaded = await client.uploadFile(bucket, 'out/0001.exr', join(folder, 'in'), { metadata });
  assert.equal(uploaded.size, 3300);

  const head = await client.headObject(bucket, 'out/0001.exr');
  assert.equal(head.etag, uploaded.etag);
  assert.equal(head.size, 3300);
  assert.equal(head.contentType, 'image/x-exr');
  assert.deepEqual(head.metadata, { fingerprint: 'a b  c', scene: 'scenes/日本 🎬.blend' });
  assert.ok(Math.abs(Date.now() - head.lastModified.getTime()) < 60_000);

  const file = join(folder, 'made/on/the/way');
  assert.deepEqual(await client.downloadFile(bucket, 'out/0001.exr', file), { etag: uploaded.etag, size: 3300 });
  assert.deepEqual(await readFile(file), content);
});

test('an empty file, a given content type, and replacing an object', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const folder = await newFolder(t);
  const file = join(folder, 'x');
  await writeFile(file, '');
  await client.uploadFile(bucket, 'x.png', file, { contentType: 'text/plain' });
  const empty = await client.headObject(bucket, 'x.png');
  assert.equal(empty.contentType, 'text/plain');
  assert.equal((await client.downloadFile(bucket, 'x.png', join(folder, 'y'))).size, 0);
  assert.equal((await readFile(join(folder, 'y'))).length, 0);

  await writeFile(file, 'now more');
  await client.uploadFile(bucket, 'x.png', file);
  const full = await client.headObject(bucket, 'x.png');
  assert.notEqual(full.etag, empty.etag);
  assert.equal(full.contentType, 'image/png');
});

test('a file of several parts comes back byte for byte', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const folder = await newFolder(t);
  const content = randomBytes(20 * 1024 * 1024 + 1);
  await writeFile(join(folder, 'in'), content);
  const metadata = { scene: 'ü' };
  const { etag, size } = await client.uploadFile(bucket, 'large.exr', join(folder, 'in'), { metadata });
  assert.equal(size, content.length);
  assert.match(etag, /-5"$/, 'it went up in five parts');
  const head = await client.headObject(bucket, 'large.exr');
  assert.deepEqual([head.etag, head.contentType, head.metadata['scene']], [etag, 'image/x-exr', 'ü']);
  await client.downloadFile(bucket, 'large.exr', join(folder, 'out'));
  assert.ok(content.equals(await readFile(join(folder, 'out'))));
  assert.deepEqual((await readdir(folder)).toSorted(), ['in', 'out'], 'no temporary file is left');
});

test('fetches nothing that is at hand', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const folder = await newFolder(t);
  const file = join(folder, 'x');
  await writeFile(file, 'one');
  const { etag } = await client.uploadFile(bucket, 'x', file);
  await writeFile(file, 'mine');
  assert.equal(await client.downloadFile(bucket, 'x', file, { ifNoneMatch: etag }), undefined);
  assert.equal(await readFile(file, 'utf8'), 'mine');
  await client.uploadFile(bucket, 'x', file);
  await writeFile(file, 'stale');
  const fetched = await client.downloadFile(bucket, 'x', file, { ifNoneMatch: etag });
  assert.notEqual(fetched?.etag, etag);
  assert.equal(await readFile(file, 'utf8'), 'mine');
  assert.deepEqual(await readdir(folder), ['x']);
});

test('takes keys as they are', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const folder = await newFolder(t);
  const keys = [
    'a b',
    'a+b',
    ' blanks ',
    '-dash',
    `q"uo'te`,
    '%2e%2e/x',
    '%41',
    '100%',
    'ü/日本/🎬.png',
    'e\u0301',
    '\u00e9',
    '~!@#$^&*()=[]{}|;:,<>?`',
    '&amp;<x>',
    'x\ufffe',
    `${'n'.repeat(255)}/${'ü'.repeat(127)}`,
    `${'dd/'.repeat(300)}${'f'.repeat(124)}`,
  ];
  for (const [index, key] of keys.entries()) {
    await writeFile(join(folder, 'x'), `${index}`);
    await client.uploadFile(bucket, key, join(folder, 'x'));
  }
  assert.deepEqual((await keysOf(client.listObjects(bucket, ''))).toSorted(), keys.toSorted());
  for (const [index, key] of keys.entries()) {
    assert.equal((await client.headObject(bucket, key)).key, key);
    await client.downloadFile(bucket, key, join(folder, 'x'));
    assert.equal(await readFile(join(folder, 'x'), 'utf8'), `${index}`, `the content of ${key}`);
  }
});

test('lists by prefix, over several pages, and no more than asked for', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const folder = await newFolder(t);
  const names = Array.from({ length: 1203 }, (_, index) => `${index + 1}`.padStart(4, '0'));
  await Promise.all(names.map((name) => writeFile(join(folder, name), 'x')));
  await client.uploadDirectory(bucket, 'many', folder);
  await client.uploadFile(bucket, 'many-others/0001', join(folder, '0001'));

  assert.deepEqual(
    await keysOf(client.listObjects(bucket, 'many/')),
    names.map((name) => `many/${name}`),
  );
  assert.equal((await keysOf(client.listObjects(bucket, 'many'))).length, 1204);
  assert.deepEqual(await keysOf(client.listObjects(bucket, 'many/12')), [
    'many/1200',
    'many/1201',
    'many/1202',
    'many/1203',
  ]);
  assert.deepEqual(await keysOf(client.listObjects(bucket, 'nothing')), []);
  for (const maxKeys of [0, 1, 1000, 1001]) {
    assert.equal((await collect(client.listObjects(bucket, '', { maxKeys }))).length, maxKeys);
  }
  assert.deepEqual(await keysOf(client.listObjects(bucket, 'many/12', { startAfter: 'many/1201' })), [
    'many/1202',
    'many/1203',
  ]);
  const [first] = await collect(client.listObjects(bucket, 'many/', { maxKeys: 1 }));
  const { contentType: _, metadata: __, ...head } = await client.headObject(bucket, 'many/0001');
  assert.deepEqual({ ...first, lastModified: 0 }, { ...head, lastModified: 0 });
  for await (const { key } of client.listObjects(bucket, '')) {
    assert.equal(key, 'many-others/0001');
    break;
  }
});

test('uploads and downloads a directory', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const folder = await newFolder(t);
  await mkdir(join(folder, 'in/left eye/empty'), { recursive: true });
  for (const name of ['0001.png', '0002.jpg', 'left eye/-0001.png']) await writeFile(join(folder, 'in', name), name);
  const uploaded = await client.uploadDirectory(bucket, 'a/%2e b', join(folder, 'in'), { metadata: { job: '7' } });
  assert.deepEqual(
    uploaded.map(({ key }) => key),
    ['a/%2e b/0001.png', 'a/%2e b/0002.jpg', 'a/%2e b/left eye/-0001.png'],
  );
  const head = await client.headObject(bucket, 'a/%2e b/0002.jpg');
  assert.deepEqual([head.contentType, head.metadata, head.etag], ['image/jpeg', { job: '7' }, uploaded[1]?.etag]);
  await writeFile(join(folder, 'x'), '');
  await client.uploadFile(bucket, 'a/%2e by/0003.png', join(folder, 'x'));
  await client.uploadFile(bucket, 'a/%2e b/marker/', join(folder, 'x'));

  const files = await client.downloadDirectory(bucket, 'a/%2e b', join(folder, 'out'));
  assert.deepEqual(
    files,
    ['0001.png', '0002.jpg', 'left eye/-0001.png'].map((name) => join(folder, 'out', name)),
  );
  for (const file of files) assert.equal(await readFile(file, 'utf8'), file.slice(join(folder, 'out').length + 1));
  assert.deepEqual((await readdir(join(folder, 'out'))).toSorted(), ['0001.png', '0002.jpg', 'left eye']);

  await client.downloadDirectory(bucket, '', join(folder, 'all'));
  assert.deepEqual((await readdir(join(folder, 'all/a'))).toSorted(), ['%2e b', '%2e by']);
});

test('does not show its credentials', async (t) => {
  const client = await clientFor(t);
  const { secretKey, accessKey } = (await sharedLab()).minio;
  const shown = inspect(client, { depth: Infinity, showHidden: true }) + JSON.stringify(client);
  assert.ok(!shown.includes(secretKey) && !shown.includes(accessKey));
});
