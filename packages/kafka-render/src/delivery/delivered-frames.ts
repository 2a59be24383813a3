import {
  AccessDeniedError,
  joinKey,
  NoSuchBucketError,
  NoSuchKeyError,
  type MinioClient,
  type ObjectHead,
  type ObjectInfo,
  type ObjectPath,
} from 'kafka-runner';
import type { FrameRange } from '../frames/frame-range.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import type { FileSum } from './file-sum.ts';
import { frameOfKey, keyWindows } from './frame-keys.ts';
import { parseFrameMetadata, type DeliveredFile } from './frame-metadata.ts';

/** A frame that is in storage with all its files. */
export interface DeliveredFrame extends Pick<DeliveredFile, 'frame' | 'provenance'> {
  readonly sums: readonly FileSum[];
}

/** Frames, and where they are. */
export interface FramesQuery {
  readonly storage: Pick<MinioClient, 'listObjects' | 'headObject'>;
  readonly output: ObjectPath;
  readonly frames: FrameRange;
  readonly signal?: AbortSignal;
}

/** Who asks, and for what. */
export interface DeliveredQuery extends FramesQuery {
  readonly fingerprintOf: (frame: number) => string;
  readonly signal: AbortSignal;
}

const headsAtATime = 8;
/** Objects named after one frame that are looked at; there is one, or one for each view. */
const candidatesOfAFrame = 8;
/** However much others have put there: the listing ends, and what it did not show is rendered. */
const keysListed = { atLeast: 1_000, ofAFrame: 4 };

/**
 * The frames of a job that an earlier attempt has delivered: all files of the frame are there, with this job's fingerprint,
 * and as long as they were. One listing, of the keys that may be the job's own; HEAD only for those that were found.
 * Nothing is taken for delivered where the worker may not look.
 * @returns by frame
 */
export async function deliveredFrames(query: DeliveredQuery): Promise<ReadonlyMap<number, DeliveredFrame>> {
  try {
    const found = await listOwnKeys(query);
    const looked = await mapConcurrently([...found], headsAtATime, ([frame, objects]) =>
      deliveredFrame(query, frame, objects),
    );
    return new Map(looked.flatMap((frame) => (frame ? [[frame.frame, frame] as const] : [])));
  } catch (error) {
    if (error instanceof AccessDeniedError || error instanceof NoSuchBucketError) return new Map();
    throw error;
  }
}

/** The objects that are named after one of the frames, by frame. */
export async function listOwnKeys(query: FramesQuery): Promise<Map<number, ObjectInfo[]>> {
  const { storage, output, frames, signal } = query;
  const found = new Map<number, ObjectInfo[]>();
  let left = keysListed.atLeast + keysListed.ofAFrame * (frames.last - frames.first + 1);
  for (const { prefix, startAfter, ...window } of keyWindows(output.key, frames)) {
    if (left === 0) break;
    for await (const object of storage.listObjects(output.bucket, prefix, { startAfter, maxKeys: left, signal })) {
      if (window.isBehind(object.key)) break;
      left -= 1;
      const frame = frameOfKey(output.key, object.key, frames);
      if (frame !== undefined) found.set(frame, [...(found.get(frame) ?? []), object]);
    }
  }
  return found;
}

async function deliveredFrame(
  query: DeliveredQuery,
  frame: number,
  objects: readonly ObjectInfo[],
): Promise<DeliveredFrame | undefined> {
  const fingerprint = query.fingerprintOf(frame);
  const listed = new Map(objects.map((object) => [object.key, object]));
  const isWhole = (file: DeliveredFile | undefined, head: ObjectHead): file is DeliveredFile =>
    file?.fingerprint === fingerprint &&
    file.frame === frame &&
    file.bytes === head.size &&
    (listed.get(head.key)?.size ?? head.size) === head.size;
  for (const { key } of objects.slice(0, candidatesOfAFrame)) {
    const file = await look(query, key, isWhole);
    if (!file) continue;
    const looked = await mapConcurrently(file.files, headsAtATime, async (path) => {
      const other = joinKey(query.output.key, path);
      const found = other === key ? file : await look(query, other, isWhole);
      return found && { path, sha256: found.sha256 };
    });
    const sums = looked.filter((sum) => sum !== undefined);
    return sums.length === looked.length ? { frame, provenance: file.provenance, sums } : undefined;
  }
  return undefined;
}

async function look(
  { storage, output, signal }: DeliveredQuery,
  key: string,
  isWhole: (file: DeliveredFile | undefined, head: ObjectHead) => file is DeliveredFile,
): Promise<DeliveredFile | undefined> {
  try {
    const head = await storage.headObject(output.bucket, key, { signal });
    const file = parseFrameMetadata(head.metadata);
    return isWhole(file, head) ? file : undefined;
  } catch (error) {
    if (error instanceof NoSuchKeyError) return undefined;
    throw error;
  }
}
