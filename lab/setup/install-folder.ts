import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { cacheFolder } from '../cache.ts';
import { isAlive } from '../process-identity.ts';

/**
 * Makes a folder that is either not there or whole: `fill` works in a temporary one beside it, which then gets the
 * name. An interrupted set-up leaves only a temporary folder; of two at once, the first to finish wins.
 */
export async function installFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const partial = join(partialFolder(), `${process.pid}-${target.replaceAll('/', '_').slice(-80)}`);
  mkdirSync(partial, { recursive: true });
  try {
    await fill(partial);
    putInPlace(partial, target);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function putInPlace(partial: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  try {
    renameSync(partial, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

/** Removes what set-ups that no longer run left half done. */
export function removePartialFolders(): void {
  mkdirSync(partialFolder(), { recursive: true });
  for (const name of readdirSync(partialFolder())) {
    if (!isAlive(Number.parseInt(name, 10))) rmSync(join(partialFolder(), name), { recursive: true, force: true });
  }
}

function partialFolder(): string {
  return join(cacheFolder(), 'partial');
}
