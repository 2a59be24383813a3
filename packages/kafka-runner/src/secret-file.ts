import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Reading or writing, by the group or by everybody. */
const ofOthers = 0o066;

/**
 * What to say of a file with a secret that others on this machine may read or change; undefined when only its owner
 * may, or when there is none.
 */
export function secretFileWarning(file: string): string | undefined {
  const path = resolve(file);
  const mode = (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777;
  if ((mode & ofOthers) === 0) return undefined;
  const shown = mode.toString(8).padStart(4, '0');
  return `The file ${path} holds a secret, and others on this machine can read or change it (mode ${shown}): run chmod 600 ${path}.`;
}
