// Expected: a process of the job puts something else in a frame's place after its proof, a link, another file, or a link in
// place of a folder above it: then nothing goes up. Once a frame is on its way up, it is that frame that arrives.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { FailedError, type MinioClient } from 'kafka-runner';
import sharp from 'sharp';
import { clientFor, newBucket, newFolder } from '../../../kafka-runner/test/broker/storage/storage-under-test.ts';
import { uploadFrameFile, type UploadPlace } from '../../src/delivery/frame-upload.ts';
import { openFolder, removeBelow } from '../../src/frames/open-below.ts';
import { proveFile, type VerifiedFrame } from '../../src/frames/verify-frames.ts';
import { sceneEvent } from '../unit/blender/scene-event.ts';

const signal = new AbortController().signal;
const name = 'view/0007.png';

/** A frame in a job's folder, proved; and outside of it a picture of another, under the same name. */
async function proved(t: TestContext) {
  const [jobs, others] = [await newFolder(t), await newFolder(t)];
  for (const [folder, background] of [
    [jobs, 'teal'],
    [others, 'red'],
  ] as const) {
    await mkdir(join(folder, 'view'));
    const create = { width: 64, height: 64, channels: 3, background } as const;
    await sharp({ create }).png().toFile(join(folder, name));
  }
  const folder = openFolder(jobs);
  t.after(() => folder[Symbol.dispose]());
  const frame = await proveFile(folder.path, sceneEvent(), name, { path: name, frame: 7, main: true });
  const client = await clientFor(t);
  const bucket = await newBucket(client);
  const place = { storage: client, output: { bucket, key: 'out' }, fingerprintOf: () => 'f' };
  return { jobs, others, folder, frame, client, bucket, place };
}

async function keysOf(client: MinioClient, bucket: string): Promise<string[]> {
  const objects = await Array.fromAsync(client.listObjects(bucket, ''));
  return objects.map(({ key }) => key);
}

const upload = (place: UploadPlace, frame: VerifiedFrame) => uploadFrameFile(place, frame, undefined, signal);

type Swap = (jobs: string, others: string) => Promise<void>;
const swaps: Readonly<Record<string, Swap>> = {
  'a link to another file': async (jobs, others) => {
    await rm(join(jobs, name));
    await symlink(join(others, name), join(jobs, name));
  },
  'a link to a folder above it': async (jobs, others) => {
    await rename(join(jobs, 'view'), join(jobs, 'away'));
    await symlink(join(others, 'view'), join(jobs, 'view'));
  },
  'another file': async (jobs, others) => {
    const bytes = await readFile(join(others, name));
    await rm(join(jobs, name));
    await writeFile(join(jobs, name), bytes);
  },
};

for (const [what, swap] of Object.entries(swaps)) {
  test(`${what} in place of a proved frame does not go up, and what it leads to stays`, async (t) => {
    const { jobs, others, folder, frame, client, bucket, place } = await proved(t);
    await swap(jobs, others);
    const refused = (error: unknown) => error instanceof FailedError && error.code === 'frame-invalid';
    await assert.rejects(upload(place, frame), refused);
    assert.deepEqual(await keysOf(client, bucket), []);
    try {
      removeBelow(folder.path, name, frame.identity);
    } catch (error) {
      assert.match((error as Error).message, /outside of the job's folder/);
    }
    assert.deepEqual(await readdir(join(others, 'view')), ['0007.png']);
  });
}

test('one that is on its way up is the one that arrives', async (t) => {
  const { jobs, others, frame, client, bucket, place } = await proved(t);
  const content = await readFile(join(jobs, name));
  const storage: UploadPlace['storage'] = {
    createBucket: (...call) => client.createBucket(...call),
    // Between the sum of the file and its upload.
    uploadFile: async (...call) => {
      await swaps['a link to another file']?.(jobs, others);
      return await client.uploadFile(...call);
    },
  };
  await upload({ ...place, storage }, frame);
  const file = join(await newFolder(t), 'arrived');
  await client.downloadFile(bucket, `out/${name}`, file);
  assert.deepEqual(await readFile(file), content);
});

test("a folder that is put in place of the job's own is not looked into", async (t) => {
  const { jobs, others, frame, place, client, bucket } = await proved(t);
  await rename(jobs, `${jobs}.away`);
  t.after(() => rm(`${jobs}.away`, { recursive: true }));
  await symlink(others, jobs);
  await upload(place, frame);
  assert.deepEqual(await keysOf(client, bucket), [`out/${name}`]);
  const { etag } = await client.headObject(bucket, `out/${name}`);
  const { etag: own } = await client.uploadFile(bucket, 'own', join(`${jobs}.away`, name));
  assert.equal(etag, own);
});
