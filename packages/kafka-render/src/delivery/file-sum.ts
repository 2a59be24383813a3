import { createHash } from 'node:crypto';
import type { Job } from 'kafka-runner';

/** A delivered file: its path below the output location, and the SHA-256 of its content in hexadecimal. */
export interface FileSum {
  readonly path: string;
  readonly sha256: string;
}

/** One SHA-256 for many files: that of what `sha256sum` prints of them, in the order of their paths' bytes. */
export function combinedSha256(files: readonly FileSum[]): string {
  const lines = files.map(({ path, sha256 }) => ({ key: Buffer.from(path), line: `${sha256}  ${path}\n` }));
  const sorted = lines.toSorted((a, b) => Buffer.compare(a.key, b.key));
  return createHash('sha256')
    .update(sorted.map(({ line }) => line).join(''))
    .digest('hex');
}

/** Says in the result's headers how many frames and which files are in storage for it, those of earlier attempts included. */
export function reportFiles(frames: number, files: readonly FileSum[], job: Job): void {
  job.headers.set('frames', String(frames));
  job.headers.set('frame-files', String(files.length));
  job.headers.set('frames-sha256', combinedSha256(files));
}
