import { UnavailableError } from '../errors.ts';

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Errors of the local file system; a socket has others (ECONNRESET, EPIPE, ETIMEDOUT, ...). */
const FILE_FAILED = new Set([
  ...['EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'],
  ...['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY', 'ELOOP', 'ENAMETOOLONG'],
]);

/**
 * The typed error for trouble with a disk of this worker: `disk-full` or `local-file-failed`. The job is not to blame,
 * so it is kept. Undefined when `error` is something else.
 *
 * @param what what the file was for, as it stands in the message: `bucket/key at http://...`
 */
export function localFileError(error: unknown, what: string): UnavailableError | undefined {
  const { code = '', message = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (DISK_FULL.has(code)) {
    const advice = 'make room on the disk of this worker';
    return new UnavailableError('disk-full', `No room for ${what} (${message}): ${advice}.`, { cause: error });
  }
  if (!FILE_FAILED.has(code)) return undefined;
  const fault = `The local file for ${what} cannot be read or written`;
  return new UnavailableError('local-file-failed', `${fault}: ${message}.`, { cause: error });
}
