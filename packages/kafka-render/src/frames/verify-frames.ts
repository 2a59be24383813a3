import type { Stats } from 'node:fs';
import { extname, join } from 'node:path';
import { FailedError, localFileError, UnavailableError } from 'kafka-runner';
import type { FrameEvent, SceneEvent } from '../blender/render-report.ts';
import { checkPicture } from './check-picture.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import { framesOf } from './frame-range.ts';
import type { FrameRange } from './frame-range.ts';
import { listFrames } from './list-frames.ts';
import { mainFileNames } from './main-files.ts';
import { identityOf, openBelow } from './open-below.ts';
import type { PictureSize } from './picture-size.ts';

/** A file that is known to be good. `path` is relative to the job's folder; `frame` is missing when it is not known. */
export type VerifiedFrame = {
  readonly folder: string;
  readonly path: string;
  readonly absolutePath: string;
  readonly bytes: number;
  /** Of what was looked at: whoever opens it again has another file if this differs. */
  readonly identity: string;
  readonly frame?: number;
};

const picturesDecodedAtATime = 2;

export type ProveFile = typeof proveFile;

/** What was found out about files while Blender rendered on. */
export interface KnownFiles {
  /** Looks at a file. */
  readonly prove: ProveFile;
  /** It was proved, put into storage and removed: it need not be there. */
  readonly isDelivered: (path: string) => boolean;
}

/** A file that a frame must have. `main`: one of the size that the scene announced. */
export type ExpectedFile = { readonly path: string; readonly frame: number; readonly main: boolean };

/**
 * Checks all files of a job by what is on disk: every file that a frame must have is there (or was delivered already), and
 * every file there is a regular one, not empty, decodes to its end, and main files have the size that the scene announced.
 * @param reported what Blender said it wrote: each of these files must be there too (those of File Output nodes)
 * @param known of the files
 * @returns the files that are there, sorted by path
 * @throws {FailedError} `frame-missing` or `frame-invalid`, naming frame and file
 * @throws {UnavailableError} `local-file-failed` when the disk does not let a file be looked at
 */
export async function verifyFrames(
  folder: string,
  ranges: readonly FrameRange[],
  scene: SceneEvent,
  reported: readonly FrameEvent[] = [],
  known: KnownFiles = { prove: proveFile, isDelivered: () => false },
): Promise<VerifiedFrame[]> {
  const frames = ranges.flatMap((range) => [...framesOf(range)]);
  const expected = expectedFiles(frames, scene, reported);
  const present = await listFrames(folder);
  const here = new Set(present.map(({ path }) => path));
  const missing = [...expected.values()].find(({ path }) => !here.has(path) && !known.isDelivered(path));
  if (missing) {
    throw new FailedError(
      'frame-missing',
      `frame ${missing.frame} has no file ${missing.path}: Blender did not write it`,
    );
  }
  return mapConcurrently(present, picturesDecodedAtATime, ({ path }) =>
    known.prove(folder, scene, path, expected.get(path)),
  );
}

/** What a frame's files are, by path; a main file that was reported too is a main file. */
export function expectedFiles(
  frames: readonly number[],
  scene: SceneEvent,
  reported: readonly FrameEvent[],
): ReadonlyMap<string, ExpectedFile> {
  const others = reported.flatMap(({ frame, files }) => files.map(({ path }) => ({ path, frame, main: false })));
  const main = frames.flatMap((frame) => mainFileNames(scene, frame).map((path) => ({ path, frame, main: true })));
  return new Map([...others, ...main].map((file) => [file.path, file]));
}

/**
 * Looks at one file, as `verifyFrames` does at all of them.
 * @param path relative to the folder
 */
export async function proveFile(
  folder: string,
  scene: SceneEvent,
  path: string,
  expected: ExpectedFile | undefined,
): Promise<VerifiedFrame> {
  const absolutePath = join(folder, path);
  try {
    using file = openBelow(folder, path);
    expectContent(file.stats);
    const size = await checkPicture(file.path, extname(path));
    if (expected?.main) {
      checkSize(size, scene);
    }
    const about = { bytes: file.stats.size, identity: identityOf(file.stats) };
    return { folder, path, absolutePath, ...about, ...(expected && { frame: expected.frame }) };
  } catch (cause) {
    const frame = expected ? `frame ${expected.frame}, file ${path}` : `file ${path}`;
    const trouble = localFileError(cause, frame);
    if (trouble instanceof UnavailableError) throw trouble;
    throw new FailedError('frame-invalid', `${frame} is not a whole picture: ${(cause as Error).message}`, { cause });
  }
}

function expectContent({ size }: Stats): void {
  if (size === 0) {
    throw new Error('it is empty');
  }
}

function checkSize({ width, height }: PictureSize, scene: SceneEvent): void {
  if (width !== (scene.width ?? width) || height !== (scene.height ?? height)) {
    throw new Error(`it has ${width} x ${height} pixels instead of ${scene.width} x ${scene.height}`);
  }
}
