import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { identityOf } from './open-below.ts';
import { proveFile, type ProveFile, type VerifiedFrame } from './verify-frames.ts';

/** Remembers what was proved while Blender rendered on, so that no picture is decoded twice. */
export class ProvedFiles {
  readonly #proofs = new Map<string, Promise<VerifiedFrame>>();

  /** As `proveFile`. A file that was written to since is looked at again; the same file gives the same answer, bad or good. */
  readonly prove: ProveFile = async (folder, scene, path, expected) => {
    const stats = statsOf(join(folder, path));
    if (!stats) return await proveFile(folder, scene, path, expected);
    const key = `${path}\n${identityOf(stats)}`;
    const proof = this.#proofs.get(key) ?? proveFile(folder, scene, path, expected);
    this.#proofs.set(key, proof);
    return await proof;
  };
}

/** Undefined: one that cannot even be asked about is for the proof to judge. */
function statsOf(file: string): Stats | undefined {
  try {
    return lstatSync(file);
  } catch {
    return undefined;
  }
}
