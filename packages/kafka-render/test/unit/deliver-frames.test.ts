import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccessDeniedError, NoSuchBucketError, StorageUnavailableError, type UploadedObject } from 'kafka-runner';
import { deliverFrames } from '../../src/deliver-frames.ts';

// Storage's answers in every order; that real storage gives them is for test/broker.

const target = { url: 'http://127.0.0.1:9', bucket: 'frames' };
const noBucket = new NoSuchBucketError(target);
const denied = new AccessDeniedError(target);
const away = new StorageUnavailableError('storage-unreachable', 'away');
const frame: UploadedObject = { key: 'a/0007.png', etag: '"1"', size: 3 };
const never = new AbortController().signal;

/** Gives the answers in order, one for each call; remembers the calls. */
function storageThat(...answers: readonly (Error | 'fine')[]) {
  const calls: string[] = [];
  const answer = (call: string): void => {
    const next = answers[calls.push(call) - 1] ?? new Error(`nobody expects ${call}`);
    if (next instanceof Error) throw next;
  };
  const uploadDirectory = async (bucket: string, prefix: string, folder: string): Promise<UploadedObject[]> => {
    answer(`upload ${folder} to ${bucket}/${prefix}`);
    return [frame];
  };
  const createBucket = async (bucket: string): Promise<void> => answer(`create ${bucket}`);
  return { calls, storage: { uploadDirectory, createBucket } };
}

const output = { bucket: 'frames', key: 'a' };
const upload = 'upload /job to frames/a';

test('a bucket that is there is not asked about', async () => {
  const { calls, storage } = storageThat('fine');
  assert.deepEqual(await deliverFrames(storage, '/job', output, never), [frame]);
  assert.deepEqual(calls, [upload]);
});

test('a bucket that is missing is made, then all is sent', async () => {
  const { calls, storage } = storageThat(noBucket, 'fine', 'fine');
  assert.deepEqual(await deliverFrames(storage, '/job', output, never), [frame]);
  assert.deepEqual(calls, [upload, 'create frames', upload]);
});

test('a bucket that goes away again is not made for ever', async () => {
  const { storage } = storageThat(noBucket, 'fine', noBucket);
  await assert.rejects(deliverFrames(storage, '/job', output, never), noBucket);
});

test('a bucket that may not be made', async () => {
  const { calls, storage } = storageThat(noBucket, denied);
  await assert.rejects(deliverFrames(storage, '/job', output, never), denied);
  assert.deepEqual(calls, [upload, 'create frames']);
});

for (const error of [denied, away]) {
  test(`${error.code}: no bucket is made`, async () => {
    const { calls, storage } = storageThat(error);
    await assert.rejects(deliverFrames(storage, '/job', output, never), error);
    assert.deepEqual(calls, [upload]);
  });
}
