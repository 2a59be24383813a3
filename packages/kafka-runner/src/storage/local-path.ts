import { resolve, sep } from 'node:path';
import { RejectedError } from '../errors.ts';
import { joinKey } from './object-path.ts';

/**
 * The file below `folder` that stands for `key`. Keys that come from a listing were written by anybody, so they are
 * checked here like those of a message.
 *
 * @throws RejectedError `bad-object-path` when the key is no acceptable path, so also when it would leave the folder
 */
export function localPathOf(folder: string, key: string): string {
  const root = resolve(folder);
  const path = resolve(root, joinKey('', key));
  // Cannot happen with a checked key; here so that no future change of the rules opens the folder.
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new RejectedError('bad-object-path', `The object key ${JSON.stringify(key)} would leave the folder ${root}.`);
  }
  return path;
}
