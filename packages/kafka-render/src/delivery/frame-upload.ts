import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import {
  FailedError,
  joinKey,
  localFileError,
  NoSuchBucketError,
  UnavailableError,
  type MinioClient,
  type ObjectMetadata,
  type ObjectPath,
} from 'kafka-runner';
import type { FrameEvent, SceneEvent } from '../blender/render-report.ts';
import { identityOf, openBelow, type Opened } from '../frames/open-below.ts';
import type { VerifiedFrame } from '../frames/verify-frames.ts';
import { frameMetadata } from './frame-metadata.ts';

export interface UploadPlace {
  readonly storage: Pick<MinioClient, 'uploadFile' | 'createBucket'>;
  readonly output: ObjectPath;
  readonly fingerprintOf: (frame: number) => string;
}

/** What goes up with a file: the frame that it belongs to, and what Blender said of it. */
export interface FrameOfFile {
  readonly frame: number;
  /** Every file of the frame, relative to the job's folder. */
  readonly files: readonly string[];
  readonly scene: SceneEvent;
  readonly event: Pick<FrameEvent, 'blockedScripts'> | undefined;
}

/**
 * Puts a proved file under its own name into the output location; makes the bucket when it does not exist. `of` is missing
 * for a file that belongs to no frame that Blender told of.
 * @returns the file's SHA-256
 * @throws {FailedError} `frame-invalid` when something else has taken the place of what was proved
 */
export async function uploadFrameFile(
  { storage, output, fingerprintOf }: UploadPlace,
  file: VerifiedFrame,
  of: FrameOfFile | undefined,
  signal: AbortSignal,
): Promise<string> {
  // What is open now is what goes up, whatever happens to its name.
  using opened = openProved(file);
  const sha256 = await sha256Of(opened.path);
  const metadata = of ? metadataOf({ ...file, sha256 }, of, fingerprintOf(of.frame)) : {};
  const upload = (): Promise<unknown> =>
    storage.uploadFile(output.bucket, joinKey(output.key, file.path), opened.path, { metadata, signal });
  try {
    await upload();
  } catch (error) {
    // Asked only now: a worker that may write to a bucket need not have the right to look at it.
    if (!(error instanceof NoSuchBucketError)) throw error;
    await storage.createBucket(output.bucket, { signal });
    await upload();
  }
  return sha256;
}

function openProved({ folder, path, identity }: VerifiedFrame): Opened {
  try {
    const opened = openBelow(folder, path);
    if (identityOf(opened.stats) === identity) return opened;
    opened[Symbol.dispose]();
    throw new Error('it is another file than the one that was looked at');
  } catch (cause) {
    const trouble = localFileError(cause, path);
    if (trouble instanceof UnavailableError) throw trouble;
    throw new FailedError('frame-invalid', `file ${path} does not go up: ${(cause as Error).message}`, { cause });
  }
}

function metadataOf(
  { sha256, bytes }: VerifiedFrame & { readonly sha256: string },
  { scene, event, frame, files }: FrameOfFile,
  fingerprint: string,
): ObjectMetadata {
  const { blenderVersion, engine, device, threads, missingAssets } = scene;
  const blockedScripts = event?.blockedScripts ?? scene.blockedScripts;
  return frameMetadata({
    fingerprint,
    frame,
    files,
    sha256,
    bytes,
    provenance: { blenderVersion, engine, device, threads, blockedScripts, missingAssets },
  });
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
