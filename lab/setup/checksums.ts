import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from './output-of.ts';

/** One SHA-256 for all files of a folder: of the lines that `sha256sum *` prints, in the order of their names. */
export function folderChecksum(folder: string): string {
  const lines = readdirSync(folder)
    .toSorted()
    .map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`);
  return sha256(lines.join(''));
}

/** The hash of the sources that a Go program was built from, as go.sum and the checksum database have it. */
export async function goModuleChecksum(program: string): Promise<string | undefined> {
  const information = await outputOf('go', ['version', '-m', program]);
  return /^\s+mod\s+\S+\s+\S+\s+(h1:\S+)$/m.exec(information ?? '')?.[1];
}

/** Throws when something is not what it was when its version was chosen. */
export function checkChecksum(what: string, found: string | undefined, expected: string): void {
  if (found === expected) return;
  throw new Error(`${what} is not what was expected: its checksum is ${found}, not ${expected} (lab/versions.ts)`);
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
