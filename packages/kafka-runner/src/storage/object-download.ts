import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { GetObjectCommand, type GetObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { sendOptions } from './s3-client.ts';
import { type StorageTarget, StorageUnavailableError } from './storage-errors.ts';
import { statusOf, storageCall } from './storage-fault.ts';

/** What a downloaded file holds. */
export interface DownloadedObject {
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
}

export interface Download {
  readonly client: S3Client;
  readonly request: GetObjectCommandInput;
  readonly target: StorageTarget;
  /** Gets its name only when everything is there: nobody meets half a file under it. */
  readonly file: string;
  readonly maxAttempts: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Fetches an object into a file. A transfer that is cut off in the middle, which the SDK does not repeat, starts
 * again, up to `maxAttempts` times in all. Undefined when the server says that it is not modified.
 */
export async function fetchFile(download: Download): Promise<DownloadedObject | undefined> {
  const { target, file, signal } = download;
  const partial = join(dirname(file), `.download-${randomUUID()}`);
  try {
    await storageCall(target, signal, () => mkdir(dirname(file), { recursive: true }));
    const fetched = await fetchRepeatedly(download, partial);
    if (fetched) await storageCall(target, signal, () => rename(partial, file));
    return fetched;
  } finally {
    // That nothing can be removed (the folder is none, the disk is gone) must not hide what was thrown before.
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

async function fetchRepeatedly(download: Download, partial: string): Promise<DownloadedObject | undefined> {
  const { target, signal, maxAttempts } = download;
  for (let attempt = 1; ; attempt += 1) {
    const response = await storageCall(target, signal, () => open(download));
    if (!response) return undefined;
    try {
      return await storageCall(target, signal, () => receive(response, download, partial));
    } catch (error) {
      if (!(error instanceof StorageUnavailableError) || attempt >= maxAttempts) throw error;
      await storageCall(target, signal, () => pause(100 * 2 ** attempt, undefined, signal ? { signal } : {}));
    }
  }
}

interface OpenObject {
  readonly body: Readable;
  readonly etag: string;
  readonly size: number;
}

async function open({ client, request, signal }: Download): Promise<OpenObject | undefined> {
  try {
    const response = await client.send(new GetObjectCommand(request), sendOptions(signal));
    return { body: response.Body as Readable, etag: response.ETag ?? '', size: response.ContentLength ?? -1 };
  } catch (error) {
    if (statusOf(error) === 304) return undefined;
    throw error;
  }
}

async function receive(
  { body, etag, size }: OpenObject,
  download: Download,
  partial: string,
): Promise<DownloadedObject> {
  // flush: after a power cut, a file under its final name must not be one whose content was never written.
  const output = createWriteStream(partial, { flush: true });
  await pipeline(body, output, download.signal ? { signal: download.signal } : {});
  const received = output.bytesWritten;
  if (size >= 0 && received !== size) {
    const what = `The object store sent ${received} of ${size} bytes of ${download.target.key}`;
    throw new StorageUnavailableError('storage-unreachable', `${what} and said that this was all.`);
  }
  return { etag, size: received };
}
