import { RejectedError, UnavailableError } from '../errors.ts';

/** What a call to the object store was about; every storage error names it. */
export interface StorageTarget {
  readonly url: string;
  readonly bucket?: string;
  readonly key?: string;
}

/** The bucket does not exist. Code `no-such-bucket`. */
export class NoSuchBucketError extends RejectedError {
  constructor(target: StorageTarget, options?: ErrorOptions) {
    super('no-such-bucket', `There is no bucket ${quoted(target.bucket)} at ${target.url}.`, options);
  }
}

/** The bucket exists, the object does not. Code `no-such-key`. */
export class NoSuchKeyError extends RejectedError {
  constructor(target: StorageTarget, options?: ErrorOptions) {
    super('no-such-key', `There is no object ${describeTarget(target)}.`, options);
  }
}

/** The credentials are good, but not for this bucket, object or action. Code `access-denied`. */
export class AccessDeniedError extends RejectedError {
  constructor(target: StorageTarget, options?: ErrorOptions) {
    const advice = 'give the access key of the worker the right to it';
    super('access-denied', `The object store forbids access to ${describeTarget(target)}: ${advice}.`, options);
  }
}

/**
 * The object store cannot serve any job for now. Codes: `storage-unreachable` (no connection, cut off, timed out,
 * or answering with errors of its own) and `storage-credentials-refused` (access key or signature not accepted).
 */
export class StorageUnavailableError extends UnavailableError {
  declare readonly code: 'storage-unreachable' | 'storage-credentials-refused';

  constructor(code: StorageUnavailableError['code'], message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** `"bucket/key" at http://host:port`, with as much of it as the target has. */
export function describeTarget({ url, bucket, key }: StorageTarget): string {
  if (bucket === undefined) return url;
  return `${quoted(key === undefined ? bucket : `${bucket}/${key}`)} at ${url}`;
}

function quoted(name: string | undefined): string {
  return JSON.stringify(name ?? '');
}
