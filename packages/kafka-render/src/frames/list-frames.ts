import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Something in a job's folder: `path` is relative to the folder, with `/` between its parts. */
export type FrameFile = { readonly path: string; readonly absolutePath: string };

/**
 * Everything that lies in a job's folder, and nothing else, sorted by path; the folder was empty before, so this is
 * what the job rendered. Links and the like are listed and not followed: `verifyFrames` refuses them.
 */
export async function listFrames(folder: string): Promise<FrameFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((absolutePath) => ({ absolutePath, path: relative(folder, absolutePath).replaceAll(sep, '/') }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
