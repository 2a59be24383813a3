import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { FailedError, RejectedError, UnavailableError } from 'kafka-runner';
import { blamingTheDisk, keptWhenDiskIsFull } from '../../src/disk-trouble.ts';

/** A file system that never has a free block. */
const fullDisk = '/proc';
const failing = (error: Error) => async (): Promise<never> => {
  throw error;
};

test('a job that failed on a full disk is kept, and the message says what went wrong', async () => {
  const failed = new FailedError('frame-missing', 'frame 8 has no file 0008.png');
  await assert.rejects(keptWhenDiskIsFull(fullDisk, failing(failed)), (error) => {
    assert.ok(error instanceof UnavailableError);
    assert.equal(error.code, 'disk-full');
    assert.match(error.message, /\/proc is full.*frame 8 has no file/);
    return error.cause === failed;
  });
});

test('with room on the disk, or a job that is wrong itself, the error stays', async () => {
  const failed = new FailedError('frame-missing', 'x');
  await assert.rejects(keptWhenDiskIsFull(tmpdir(), failing(failed)), (error) => error === failed);
  const rejected = new RejectedError('no-camera', 'x');
  await assert.rejects(keptWhenDiskIsFull(fullDisk, failing(rejected)), (error) => error === rejected);
  assert.equal(await keptWhenDiskIsFull(fullDisk, async () => 7), 7);
});

test('trouble with the disk keeps the job, anything else passes unchanged', async () => {
  const fault = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
  await assert.rejects(blamingTheDisk('the frames', failing(fault)), { code: 'local-file-failed', cause: fault });
  const other = new Error('x');
  await assert.rejects(blamingTheDisk('the frames', failing(other)), (error) => error === other);
});
