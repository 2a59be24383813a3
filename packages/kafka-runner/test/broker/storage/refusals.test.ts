import assert from 'node:assert/strict';
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { runPython } from '../../../../../lab/python.ts';
import { sharedLab } from '../../../../../lab/shared-lab.ts';
import { FailedError, RejectedError } from '../../../src/errors.ts';
import type { MinioClient } from '../../../src/storage/minio-client.ts';
import {
  AccessDeniedError,
  NoSuchBucketError,
  NoSuchKeyError,
  StorageUnavailableError,
} from '../../../src/storage/storage-errors.ts';
import { clientFor, newBucket, newFolder, newName } from './storage-under-test.ts';

type Call = (client: MinioClient, bucket: string, key: string, file: string) => Promise<unknown>;

const READS: Record<string, Call> = {
  headObject: (client, bucket, key) => client.headObject(bucket, key),
  downloadFile: (client, bucket, key, file) => client.downloadFile(bucket, key, file),
};
const WRITES: Record<string, Call> = {
  uploadFile: (client, bucket, key, file) => client.uploadFile(bucket, key, file),
  'uploadFile in parts': (client, bucket, key, file) => client.uploadFile(bucket, key, `${file}.large`),
};
const LISTS: Record<string, Call> = {
  listObjects: (client, bucket) => client.listObjects(bucket, '').next(),
};

async function newFile(t: TestContext): Promise<string> {
  const file = join(await newFolder(t), 'x');
  await writeFile(file, 'content');
  await writeFile(`${file}.large`, Buffer.alloc(17 * 1024 * 1024));
  return file;
}

async function assertRefused(call: Promise<unknown>, type: Function, code: string, names: string[]): Promise<void> {
  const { secretKey } = (await sharedLab()).minio;
  await assert.rejects(call, (error: Error & { code?: string }) => {
    assert.ok(error instanceof (type as new () => Error), `${error.name} instead of ${type.name}: ${error.message}`);
    assert.equal(error.code, code);
    for (const name of names) assert.ok(error.message.includes(name), `"${error.message}" names ${name}`);
    assert.ok(error.cause instanceof Error, 'carries its cause');
    assert.ok(!inspect(error, { depth: Infinity, showHidden: true }).includes(secretKey), 'keeps the secret');
    return true;
  });
}

for (const [name, call] of Object.entries({ ...READS, ...WRITES, ...LISTS })) {
  test(`${name}: a bucket that does not exist`, async (t) => {
    const client = await clientFor(t);
    const bucket = newName();
    const refused = call(client, bucket, 'a/x.png', await newFile(t));
    await assertRefused(refused, NoSuchBucketError, 'no-such-bucket', [bucket, client.url]);
  });
}

for (const [name, call] of Object.entries(READS)) {
  test(`${name}: an object that does not exist`, async (t) => {
    const client = await clientFor(t);
    const bucket = await newBucket(client);
    const file = join(await newFolder(t), 'x');
    const refused = call(client, bucket, 'a/ü.png', file);
    await assertRefused(refused, NoSuchKeyError, 'no-such-key', [`${bucket}/a/ü.png`, client.url]);
    await assert.rejects(access(file));
  });
}

for (const [name, call] of Object.entries({ ...READS, ...WRITES, ...LISTS })) {
  for (const [what, wrong] of Object.entries({
    'access key': { accessKey: 'nobody' },
    'secret key': { secretKey: 'wrong-secret' },
  })) {
    test(`${name}: the ${what} is not one that the server accepts`, async (t) => {
      const bucket = await newBucket(await clientFor(t));
      const client = await clientFor(t, wrong);
      const refused = call(client, bucket, 'x', await newFile(t));
      await assertRefused(refused, StorageUnavailableError, 'storage-credentials-refused', [client.url]);
    });
  }
}

test('buckets cannot be listed, created or looked for with refused credentials', async (t) => {
  const client = await clientFor(t, { secretKey: 'wrong-secret' });
  const bucket = newName();
  for (const call of [
    () => client.listBuckets(),
    () => client.createBucket(bucket),
    () => client.bucketExists(bucket),
  ]) {
    await assertRefused(call(), StorageUnavailableError, 'storage-credentials-refused', [client.url]);
  }
});

test('a user who may read one bucket only', async (t) => {
  const admin = await clientFor(t);
  const [readable, forbidden] = [await newBucket(admin), await newBucket(admin)];
  const file = await newFile(t);
  for (const bucket of [readable, forbidden]) await admin.uploadFile(bucket, 'x.png', file);
  const client = await clientFor(t, await addUser(readable));
  const denied = (call: Promise<unknown>, ...names: string[]) =>
    assertRefused(call, AccessDeniedError, 'access-denied', [...names, client.url]);

  assert.equal((await client.headObject(readable, 'x.png')).size, 7);
  assert.equal((await client.downloadFile(readable, 'x.png', `${file}.copy`)).size, 7);
  await assertRefused(client.headObject(readable, 'y.png'), NoSuchKeyError, 'no-such-key', ['y.png']);
  for (const [name, call] of Object.entries(WRITES)) {
    await t.test(`${name} where it may only read`, () =>
      denied(call(client, readable, 'new.png', file), `${readable}/new.png`),
    );
  }
  for (const [name, call] of Object.entries({ ...READS, ...WRITES })) {
    await t.test(`${name} where it may nothing`, () =>
      denied(call(client, forbidden, 'x.png', file), `${forbidden}/x.png`),
    );
  }
  await denied(client.listObjects(forbidden, '').next(), forbidden);
  await denied(client.bucketExists(forbidden), forbidden);
  await denied(client.createBucket(newName()));
});

/** Adds a user who may read and list one bucket. */
async function addUser(bucket: string): Promise<{ accessKey: string; secretKey: string }> {
  const { url, accessKey, secretKey } = (await sharedLab()).minio;
  const user = { accessKey: newName().slice(0, 20), secretKey: newName() };
  const allow = { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'] };
  const policy = {
    Version: '2012-10-17',
    Statement: [{ ...allow, Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`] }],
  };
  const script = join(import.meta.dirname, 'add_minio_user.py');
  await runPython(script, [url, accessKey, secretKey, user.accessKey, user.secretKey, JSON.stringify(policy)]);
  return user;
}

test('names that the server does not take', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const file = await newFile(t);
  await assertRefused(client.createBucket('Bad_Name'), RejectedError, 'bad-object-path', ['Bad_Name']);
  await assertRefused(client.uploadFile(bucket, 'a/../x', file), RejectedError, 'bad-object-path', ['a/../x']);
  await assertRefused(client.uploadFile(bucket, 'n'.repeat(1025), file), RejectedError, 'bad-object-path', [bucket]);
});

test('what is no name at all is refused before anything is sent', async (t) => {
  const client = await clientFor(t, { url: 'http://127.0.0.1:9' });
  const file = await newFile(t);
  const nothing = undefined as unknown as string;
  for (const call of Object.values({ ...READS, ...WRITES })) {
    for (const [bucket, key] of [
      [nothing, nothing],
      ['bucket', nothing],
      ['bucket', ''],
      ['', 'x'],
      ['a/b', 'x'],
    ] as const) {
      await assert.rejects(call(client, bucket, key, file), { code: 'bad-object-path', outcome: 'rejected' });
    }
  }
  for (const bucket of [nothing, '', 'a/b']) {
    assert.throws(() => client.listObjects(bucket, ''), { code: 'bad-object-path' });
    await assert.rejects(client.createBucket(bucket), { code: 'bad-object-path' });
    await assert.rejects(client.uploadDirectory(bucket, '', file), { code: 'bad-object-path' });
  }
});

test('more metadata than the server takes', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const upload = client.uploadFile(bucket, 'x', await newFile(t), { metadata: { a: 'x'.repeat(10_000) } });
  await assertRefused(upload, RejectedError, 'storage-refused', [`${bucket}/x`]);
});

test('nothing listens at the address', async (t) => {
  const client = await clientFor(t, { url: 'http://127.0.0.1:9' });
  const file = await newFile(t);
  for (const call of Object.values({ ...READS, ...WRITES, ...LISTS })) {
    const refused = call(client, 'bucket', 'x', file);
    await assertRefused(refused, StorageUnavailableError, 'storage-unreachable', [
      'http://127.0.0.1:9',
      'ECONNREFUSED',
    ]);
  }
});

test('the host name is unknown', async (t) => {
  const client = await clientFor(t, { url: 'http://no-such-host.invalid:9000' }, { maxAttempts: 1 });
  await assertRefused(client.listBuckets(), StorageUnavailableError, 'storage-unreachable', ['no-such-host.invalid']);
});

test('a local file that is not there', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const upload = client.uploadFile(bucket, 'x', join(await newFolder(t), 'missing.png'));
  await assertRefused(upload, FailedError, 'local-file-unreadable', ['missing.png']);
});

test('a folder that is not there', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const upload = client.uploadDirectory(bucket, 'x', join(await newFolder(t), 'missing'));
  await assertRefused(upload, FailedError, 'local-file-unreadable', [bucket, 'ENOENT']);
});

test('a local folder that cannot be made', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const file = await newFile(t);
  await client.uploadFile(bucket, 'x', file);
  const download = client.downloadFile(bucket, 'x', join(file, 'below-a-file'));
  await assertRefused(download, FailedError, 'local-file-unreadable', [`${bucket}/x`, 'EEXIST']);
});

test('an object in the place of a folder', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  // A server on a file system keeps no two such objects, but others do: here the folder is there before.
  await client.uploadFile(bucket, 'a', await newFile(t));
  const folder = await newFolder(t);
  await mkdir(join(folder, 'a/b'), { recursive: true });
  await assertRefused(client.downloadDirectory(bucket, '', folder), FailedError, 'local-file-unreadable', ['EISDIR']);
});

test('a refused download leaves no temporary file', async (t) => {
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const folder = await newFolder(t);
  await assert.rejects(client.downloadFile(bucket, 'x', join(folder, 'x')));
  assert.deepEqual(await readdir(folder), []);
});
