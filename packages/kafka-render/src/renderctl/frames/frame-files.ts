import { joinKey, parseObjectPrefix, type MinioClient } from 'kafka-runner';
import { listOwnKeys } from '../../delivery/delivered-frames.ts';
import { parseFrameMetadata } from '../../delivery/frame-metadata.ts';
import { mapConcurrently } from '../../map-concurrently.ts';
import type { RenderedJob } from './find-results.ts';

/** One file of a frame, as it lies in storage. */
export interface FrameFile {
  readonly frame: number;
  /** Below the output location. */
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  /** As the worker that delivered it has said; undefined for a file that is not a worker's. */
  readonly sha256: string | undefined;
}

const headsAtATime = 8;

/** The files of a job's frames that are in storage now, in the order of the frames. */
export async function frameFiles(
  storage: MinioClient,
  { outputLocation, frames }: Pick<RenderedJob, 'outputLocation' | 'frames'>,
): Promise<FrameFile[]> {
  const output = parseObjectPrefix(outputLocation);
  const found = await listOwnKeys({ storage, output, frames });
  const paths = await mapConcurrently(
    [...found].toSorted(([a], [b]) => a - b),
    headsAtATime,
    async ([frame, objects]) => {
      const named = objects.map(({ key }) => relative(output.key, key));
      const others = await Promise.all(objects.map(async ({ key }) => filesNamedBy(storage, output.bucket, key)));
      return [...new Set([...named, ...others.flat()])].map((path) => ({ frame, path }));
    },
  );
  return await mapConcurrently(paths.flat(), headsAtATime, async ({ frame, path }) => {
    const key = joinKey(output.key, path);
    const { size: bytes, metadata } = await storage.headObject(output.bucket, key);
    return { frame, path, bucket: output.bucket, key, bytes, sha256: metadata['file-sha256'] };
  });
}

/** A frame's other files, such as those of File Output nodes, are called as they like: its main file names them. */
async function filesNamedBy(storage: MinioClient, bucket: string, key: string): Promise<readonly string[]> {
  const { metadata } = await storage.headObject(bucket, key);
  return parseFrameMetadata(metadata)?.files ?? [];
}

function relative(prefix: string, key: string): string {
  return prefix === '' ? key : key.slice(prefix.length + 1);
}
