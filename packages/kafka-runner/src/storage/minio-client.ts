import {
  CreateBucketCommand,
  DeleteObjectCommand,
  type GetObjectCommandInput,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { contentTypeOf } from './content-type.ts';
import type { MinioCredentials } from './credentials.ts';
import { filesWithKeys, transferAll } from './directory-transfer.ts';
import { headCall } from './head-fault.ts';
import { localPathOf } from './local-path.ts';
import { type DownloadedObject, fetchFile } from './object-download.ts';
import { listPrefix, type ListOptions, type ObjectInfo } from './object-listing.ts';
import { decodeMetadata, encodeMetadata, type ObjectMetadata } from './object-metadata.ts';
import { checkName } from './object-path.ts';
import { sendFile } from './object-upload.ts';
import { createS3Client, DEFAULT_MAX_ATTEMPTS, sendOptions, type StorageSettings } from './s3-client.ts';
import { NoSuchBucketError, type StorageTarget } from './storage-errors.ts';
import { statusOf, storageCall } from './storage-fault.ts';

export interface CallOptions {
  /** Ends the call; what is thrown then is the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface UploadOptions extends CallOptions {
  /** Default: by the extension of the key. */
  readonly contentType?: string | undefined;
  /** Values may be any text; names are lower-cased by the server. About 2 KB in all. */
  readonly metadata?: ObjectMetadata | undefined;
}

export interface DownloadOptions extends CallOptions {
  /** The ETag of a copy at hand: fetch only what differs from it. */
  readonly ifNoneMatch?: string | undefined;
}

/** What HEAD tells of an object. */
export interface ObjectHead extends ObjectInfo {
  readonly contentType: string | undefined;
  /** Names in lower case. */
  readonly metadata: ObjectMetadata;
}

export interface UploadedObject {
  readonly key: string;
  /** As the server sends it, quotes included. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Object storage: MinIO or any other S3-compatible server. Every method streams (a few parts of a large object are in
 * memory at a time), repeats what fails for a passing reason, gives up a connection on which nothing moves, and throws:
 * - `NoSuchBucketError`, `NoSuchKeyError`, `AccessDeniedError` and other `RejectedError`s: asking again will not help;
 * - `StorageUnavailableError`: the server is away or refuses the credentials;
 * - `UnavailableError` `disk-full` or `local-file-failed`: the local disk; `FailedError` `local-file-unreadable`: a local
 *   file or folder that is not there, or is not what it is taken for;
 * - the reason of `signal`, unchanged, when it is aborted.
 */
export class MinioClient implements Disposable {
  /** The server's address, without credentials. */
  readonly url: string;
  readonly #client: S3Client;
  readonly #maxAttempts: number;

  constructor(credentials: MinioCredentials, settings: StorageSettings = {}) {
    this.url = credentials.url;
    this.#client = createS3Client(credentials, settings);
    this.#maxAttempts = settings.maxAttempts ?? DEFAULT_MAX_ATTEMPTS;
  }

  /** The names of all buckets, sorted by the server. Also a cheap check that server and credentials are good. */
  async listBuckets({ signal }: CallOptions = {}): Promise<string[]> {
    const { Buckets = [] } = await storageCall(this.#target(), signal, () =>
      this.#client.send(new ListBucketsCommand({}), sendOptions(signal)),
    );
    return Buckets.flatMap(({ Name }) => Name ?? []);
  }

  /** Creates a bucket; that it is there already, and ours, is fine. */
  async createBucket(bucket: string, { signal }: CallOptions = {}): Promise<void> {
    await storageCall(this.#target(bucket), signal, async () => {
      try {
        await this.#client.send(new CreateBucketCommand({ Bucket: bucket }), sendOptions(signal));
      } catch (error) {
        // 409: it exists, or another worker creates it right now. Servers differ in what they call it.
        if (statusOf(error) !== 409 || !(await this.bucketExists(bucket, { signal }))) throw error;
      }
    });
  }

  /** Whether the bucket exists. One that may not be looked at throws `AccessDeniedError`. */
  async bucketExists(bucket: string, { signal }: CallOptions = {}): Promise<boolean> {
    const call = () => this.#client.send(new HeadBucketCommand({ Bucket: bucket }), sendOptions(signal));
    try {
      await headCall(this.#client, this.#target(bucket), signal, call);
      return true;
    } catch (error) {
      if (error instanceof NoSuchBucketError) return false;
      throw error;
    }
  }

  /** The objects whose keys begin with `prefix` (any text; end it with `/` for a folder), in order of their keys. */
  listObjects(bucket: string, prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    return listPrefix(this.#client, this.#target(bucket), prefix, options);
  }

  /** What there is to know of an object without fetching it. */
  async headObject(bucket: string, key: string, { signal }: CallOptions = {}): Promise<ObjectHead> {
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
    const head = await headCall(this.#client, this.#target(bucket, key), signal, () =>
      this.#client.send(command, sendOptions(signal)),
    );
    return {
      key,
      size: head.ContentLength ?? 0,
      etag: head.ETag ?? '',
      lastModified: head.LastModified ?? new Date(0),
      contentType: head.ContentType,
      metadata: decodeMetadata(head.Metadata ?? {}),
    };
  }

  /** Uploads a file, in parts when it is large. An object of that key is replaced, at once and as a whole. */
  async uploadFile(bucket: string, key: string, file: string, options: UploadOptions = {}): Promise<UploadedObject> {
    const parameters = {
      Bucket: bucket,
      Key: key,
      ContentType: options.contentType ?? contentTypeOf(key),
      Metadata: encodeMetadata(options.metadata ?? {}),
    };
    const { signal } = options;
    const sent = await storageCall(this.#target(bucket, key), signal, () =>
      sendFile(this.#client, file, parameters, signal),
    );
    return { key, ...sent };
  }

  /**
   * Uploads every regular file below `folder` under its path below `prefix` (empty: the bucket's root), a few at a
   * time. Symbolic links are left out. The result is in order of the keys' paths.
   */
  async uploadDirectory(
    bucket: string,
    prefix: string,
    folder: string,
    options: UploadOptions = {},
  ): Promise<UploadedObject[]> {
    const target = this.#target(bucket);
    const files = await storageCall(target, options.signal, () => filesWithKeys(folder, prefix));
    return transferAll(files, options.signal, ({ file, key }, signal) =>
      this.uploadFile(bucket, key, file, { ...options, signal }),
    );
  }

  /**
   * Downloads an object into `file`, whose folder is made when needed. The content is written under a temporary name
   * in the same folder, checked for its length, and renamed. With `ifNoneMatch` the result is undefined, and the file
   * left alone, when the object still has that ETag.
   */
  async downloadFile(
    bucket: string,
    key: string,
    file: string,
    options: DownloadOptions & { readonly ifNoneMatch: string },
  ): Promise<DownloadedObject | undefined>;
  async downloadFile(bucket: string, key: string, file: string, options?: CallOptions): Promise<DownloadedObject>;
  async downloadFile(
    bucket: string,
    key: string,
    file: string,
    { ifNoneMatch, signal }: DownloadOptions = {},
  ): Promise<DownloadedObject | undefined> {
    const request: GetObjectCommandInput = { Bucket: bucket, Key: key };
    if (ifNoneMatch !== undefined) request.IfNoneMatch = ifNoneMatch;
    const target = this.#target(bucket, key);
    return fetchFile({ client: this.#client, request, target, file, maxAttempts: this.#maxAttempts, signal });
  }

  /**
   * Downloads every object below `prefix` (empty: the whole bucket) to its path below `folder`, a few at a time.
   * Markers of folders (keys that end with `/`) are left out. A key that is no acceptable path, which includes every
   * one that would leave the folder, throws `RejectedError` `bad-object-path`.
   *
   * @returns the files written, in order of their keys
   */
  async downloadDirectory(
    bucket: string,
    prefix: string,
    folder: string,
    { signal }: CallOptions = {},
  ): Promise<string[]> {
    const start = prefix === '' ? '' : `${prefix}/`;
    const objects = this.listObjects(bucket, start, { signal });
    return transferAll(skippingMarkers(objects), signal, async ({ key }, each) => {
      const file = localPathOf(folder, key.slice(start.length));
      await this.downloadFile(bucket, key, file, { signal: each });
      return file;
    });
  }

  /** Removes an object; that there is none is fine. */
  async deleteObject(bucket: string, key: string, { signal }: CallOptions = {}): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
    await storageCall(this.#target(bucket, key), signal, () => this.#client.send(command, sendOptions(signal)));
  }

  /** Closes the connections that wait for further use. */
  [Symbol.dispose](): void {
    this.#client.destroy();
  }

  #target(bucket: string, key?: string): StorageTarget & { bucket: string };
  #target(): StorageTarget;
  /** @throws RejectedError `bad-object-path` */
  #target(...names: [bucket?: string, key?: string]): StorageTarget {
    const [bucket, key] = names;
    if (names.length > 0) checkName('bucket', bucket);
    if (names.length > 1) checkName('key', key);
    return { url: this.url, ...(bucket === undefined ? {} : { bucket }), ...(key === undefined ? {} : { key }) };
  }
}

async function* skippingMarkers(objects: AsyncIterable<ObjectInfo>): AsyncGenerator<ObjectInfo> {
  for await (const object of objects) if (!object.key.endsWith('/')) yield object;
}
