import { HeadBucketCommand, ListBucketsCommand, type S3Client } from '@aws-sdk/client-s3';
import { sendOptions } from './s3-client.ts';
import { NoSuchBucketError, NoSuchKeyError, type StorageTarget } from './storage-errors.ts';
import { isCredentialsRefused, statusOf, storageCall } from './storage-fault.ts';

/**
 * Runs a HEAD request. Its answer has no body, so a refusal comes as a bare status: which of the possible reasons
 * it was is asked for with one more request.
 */
export async function headCall<T>(
  client: S3Client,
  target: StorageTarget,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  return storageCall(target, signal, async () => {
    try {
      return await call();
    } catch (error) {
      const status = statusOf(error);
      if (status === 403) await throwIfCredentialsRefused(client, signal);
      if (status === 404) throw await notFound(client, target, signal, error);
      throw error;
    }
  });
}

/** Listing the buckets names bad credentials as such; that it is itself forbidden, or unknown, says nothing. */
async function throwIfCredentialsRefused(client: S3Client, signal?: AbortSignal): Promise<void> {
  try {
    await client.send(new ListBucketsCommand({ MaxBuckets: 1 }), sendOptions(signal));
  } catch (error) {
    if (signal?.aborted || isCredentialsRefused(error)) throw error;
  }
}

async function notFound(
  client: S3Client,
  target: StorageTarget,
  signal: AbortSignal | undefined,
  cause: unknown,
): Promise<Error> {
  if (target.key === undefined) return new NoSuchBucketError(target, { cause });
  try {
    await client.send(new HeadBucketCommand({ Bucket: target.bucket }), sendOptions(signal));
  } catch (error) {
    if (statusOf(error) === 404) return new NoSuchBucketError(target, { cause });
    // A bucket that may be read but not looked at: what was asked for is not there either way.
    if (statusOf(error) !== 403) throw error;
  }
  return new NoSuchKeyError(target, { cause });
}
