import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { FailedError } from '../errors.ts';
import { sendOptions } from './s3-client.ts';

/** Files up to this size go up in one request; larger ones in parts of at least this size, which is the least of S3. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 3;
const MAX_PARTS = 10_000;

type UploadParameters = Omit<PutObjectCommandInput, 'Body'>;

/** Sends a file. Its content is in memory a few parts at a time, so that each can be sent again. */
export async function sendFile(
  client: S3Client,
  file: string,
  parameters: UploadParameters,
  signal?: AbortSignal,
): Promise<{ etag: string; size: number }> {
  const { size } = await reading(file, () => stat(file));
  if (size > PART_BYTES) return { etag: await sendInParts(client, file, size, parameters, signal), size };
  const body = await reading(file, () => readFile(file));
  const command = new PutObjectCommand({ ...parameters, Body: body });
  const { ETag } = await client.send(command, sendOptions(signal));
  return { etag: ETag ?? '', size: body.length };
}

/** What keeps this worker from reading any file at all. */
const MACHINE_FAULTS = new Set(['EIO', 'EMFILE', 'ENFILE']);

/** A file that is not there to be sent, or that may not be read, is the fault of whoever made it. */
async function reading<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (MACHINE_FAULTS.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    const message = `The file ${JSON.stringify(file)} cannot be read to upload it: ${(cause as Error).message}.`;
    throw new FailedError('local-file-unreadable', message, { cause });
  }
}

async function sendInParts(
  client: S3Client,
  file: string,
  size: number,
  parameters: UploadParameters,
  signal?: AbortSignal,
): Promise<string> {
  const body = createReadStream(file, { highWaterMark: 256 * 1024 });
  try {
    const upload = new Upload({
      client: signal ? abortable(client, signal) : client,
      params: { ...parameters, Body: body },
      partSize: Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS)),
      queueSize: PARTS_AT_ONCE,
    });
    return (await upload.done()).ETag ?? '';
  } finally {
    body.destroy();
  }
}

/**
 * A client whose requests end with `signal`, except the one that makes the server forget the parts sent so far.
 * The upload's own `abort()` would return at once and leave requests running behind the caller's back.
 */
function abortable(client: S3Client, signal: AbortSignal): S3Client {
  const send = (command: Parameters<S3Client['send']>[0]): Promise<unknown> =>
    client.send(command, command instanceof AbortMultipartUploadCommand ? {} : { abortSignal: signal });
  return Object.create(client, { send: { value: send } }) as S3Client;
}
