import { statfs } from 'node:fs/promises';
import { FailedError, localFileError, UnavailableError } from 'kafka-runner';

/** With less than this free, a disk is full: what Blender could not write has left no more. */
const LEAST_FREE_BYTES = 1_048_576;

/** Trouble with a local disk, met by `action`, as the error that keeps the job. `what` as for `localFileError`. */
export async function blamingTheDisk<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw localFileError(error, what) ?? error;
  }
}

/**
 * On a full disk Blender writes empty frames, or none, and says that all went well. So a job that failed while the disk
 * of its folder is full is kept, to be done when there is room.
 *
 * @throws UnavailableError `disk-full` in place of a FailedError
 */
export async function keptWhenDiskIsFull<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof FailedError) || !(await isDiskFull(folder))) throw error;
    const message = `The disk of ${folder} is full, and so: ${error.message}. Make room on the disk of this worker`;
    throw new UnavailableError('disk-full', message, { cause: error });
  }
}

/** A file system that does not count its inodes says that it has none at all. */
async function isDiskFull(folder: string): Promise<boolean> {
  const { bavail, bsize, files, ffree } = await statfs(folder);
  return bavail * bsize < LEAST_FREE_BYTES || (files > 0 && ffree === 0);
}
