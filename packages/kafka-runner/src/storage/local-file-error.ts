import { FailedError, UnavailableError } from '../errors.ts';

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Trouble of the machine: other jobs would meet it too. */
const DISK_FAILED = new Set(['EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE', 'ENFILE']);

/** A file or folder that is not there, or is not what it is taken for: the same job would meet it again. */
const WRONG_FILE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY', 'ELOOP', 'ENAMETOOLONG']);

/**
 * The typed error for a local file: trouble with a disk of this worker, `disk-full` or `local-file-failed`, keeps the
 * job, which is not to blame; a wrong path, `local-file-unreadable`, fails it. Undefined when `error` is something else;
 * the codes of a socket (ECONNRESET, EPIPE, ETIMEDOUT, ...) are others.
 *
 * @param what what the file was for, as it stands in the message: `bucket/key at http://...`
 */
export function localFileError(error: unknown, what: string): UnavailableError | FailedError | undefined {
  const { code = '', message = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (DISK_FULL.has(code)) {
    const advice = 'make room on the disk of this worker';
    return new UnavailableError('disk-full', `No room for ${what} (${message}): ${advice}.`, { cause: error });
  }
  const fault = `The local file for ${what} cannot be read or written: ${message}.`;
  if (DISK_FAILED.has(code)) return new UnavailableError('local-file-failed', fault, { cause: error });
  if (WRONG_FILE.has(code)) return new FailedError('local-file-unreadable', fault, { cause: error });
  return undefined;
}
