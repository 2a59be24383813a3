import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { sendOptions } from './s3-client.ts';
import type { StorageTarget } from './storage-errors.ts';
import { storageCall } from './storage-fault.ts';

/** An object as a listing shows it. */
export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** As the server sends it, quotes included. */
  readonly etag: string;
  readonly lastModified: Date;
}

export interface ListOptions {
  /** End after so many objects. Default: all. */
  readonly maxKeys?: number | undefined;
  /** Leave out what stands before this key, and the key itself. */
  readonly startAfter?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The most that S3 gives at once. */
const PAGE_KEYS = 1000;

/** All objects whose keys begin with `prefix`, in the server's order, one page in memory at a time. */
export async function* listPrefix(
  client: S3Client,
  target: StorageTarget & { readonly bucket: string },
  prefix: string,
  { maxKeys = Infinity, startAfter, signal }: ListOptions,
): AsyncGenerator<ObjectInfo> {
  let left = maxKeys;
  let token: string | undefined;
  while (left > 0) {
    const command = new ListObjectsV2Command({
      Bucket: target.bucket,
      Prefix: prefix,
      MaxKeys: Math.min(left, PAGE_KEYS),
      // A key may hold characters that XML cannot: ask for them encoded.
      EncodingType: 'url',
      ...(startAfter === undefined ? {} : { StartAfter: startAfter }),
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    const page = await storageCall(target, signal, () => client.send(command, sendOptions(signal)));
    const objects = objectsOf(page);
    yield* objects;
    signal?.throwIfAborted();
    left -= objects.length;
    token = page.NextContinuationToken;
    if (!page.IsTruncated || token === undefined) return;
  }
}

function objectsOf(page: ListObjectsV2CommandOutput): ObjectInfo[] {
  const isEncoded = page.EncodingType === 'url';
  return (page.Contents ?? []).map((object) => ({
    key: isEncoded ? decodeKey(object.Key ?? '') : (object.Key ?? ''),
    size: object.Size ?? 0,
    etag: object.ETag ?? '',
    lastModified: object.LastModified ?? new Date(0),
  }));
}

function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
