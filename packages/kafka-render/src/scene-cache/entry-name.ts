import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { ObjectPath } from 'kafka-runner';

/** Leaves room for the hash in front, and for what programs put behind a name, within the 255 bytes of a file name. */
const MAX_NAME_BYTES = 200;

/**
 * The name of a scene's file in the cache: one for each bucket, key and ETag, so that scenes of one file name never
 * meet and a replaced scene is another entry. The scene's own name stands behind the hash, for people.
 */
export function entryName({ bucket, key }: ObjectPath, etag: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([bucket, key, etag]))
    .digest('hex');
  return `${hash.slice(0, 32)}-${sceneFileName(key)}`;
}

/** The name of a scene with what lies beside it: with other assets, or another version of one, it is another. */
export function sceneName(entry: string, assets: readonly { readonly name: string; readonly etag: string }[]): string {
  if (assets.length === 0) return entry;
  return JSON.stringify([entry, ...assets.map(({ name, etag }) => [name, etag])]);
}

/** Whether a file of the cache's folder is an entry; people may put other files there. */
export function isEntryName(name: string): boolean {
  return /^[0-9a-f]{32}-./.test(name);
}

/** The last segment of a key, without a dash in front that a program could take for an option, and not too long. */
export function sceneFileName(key: string): string {
  const name = posix.basename(key).replace(/^-/, '_-');
  const characters = Array.from(name);
  // The end is kept: it holds the extension.
  while (Buffer.byteLength(characters.join('')) > MAX_NAME_BYTES) characters.shift();
  return characters.join('');
}
