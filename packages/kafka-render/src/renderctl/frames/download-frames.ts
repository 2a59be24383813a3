import { stat } from 'node:fs/promises';
import { localPathOf, type MinioClient } from 'kafka-runner';
import { mapConcurrently } from '../../map-concurrently.ts';
import { fileSha256 } from '../submit/pack-scene.ts';
import type { FrameFile } from './frame-files.ts';

const filesAtATime = 8;

export interface DownloadedFrame extends FrameFile {
  /** Where it is now. */
  readonly file: string;
  /** Of what is there now. */
  readonly sum: string;
  /** What is wrong with it, if anything. */
  readonly fault: string | undefined;
}

/** Several at a time, each under its name only when it is whole; what is there already with the right sum is left alone. */
export async function downloadFrames(
  storage: MinioClient,
  files: readonly FrameFile[],
  folder: string,
): Promise<DownloadedFrame[]> {
  return await mapConcurrently(files, filesAtATime, async (frame) => {
    const file = localPathOf(folder, frame.path);
    const sumBefore = await sumOf(file, frame.bytes);
    const isThere = sumBefore !== undefined && sumBefore === frame.sha256;
    if (!isThere) await storage.downloadFile(frame.bucket, frame.key, file);
    const sum = isThere ? sumBefore : await fileSha256(file);
    const isRight = frame.sha256 === undefined || frame.sha256 === sum;
    return {
      ...frame,
      file,
      sum,
      fault: isRight ? undefined : 'is not what the worker delivered: its sum is another one',
    };
  });
}

/** Undefined when there is no such file, or it has another size. */
async function sumOf(file: string, bytes: number): Promise<string | undefined> {
  const status = await stat(file).catch(() => undefined);
  return status?.isFile() === true && status.size === bytes ? await fileSha256(file) : undefined;
}
