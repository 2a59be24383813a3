import { readFile, writeFile } from 'node:fs/promises';
import type { ByteScene } from './scene-names.ts';

const makers: Readonly<Record<ByteScene, (good: Buffer) => Buffer>> = {
  'not-a-blend': () => Buffer.from('This is a shopping list.\n'),
  'empty-file': () => Buffer.alloc(0),
  truncated: (good) => good.subarray(0, good.length >>> 1),
  'script-error': (good) => replaced(good, 'SCScene\0', 'SCSc\u00e8ne\0'),
  'newer-blend': withVersion,
};

/** Writes a scene that Blender would not: broken ones, from the bytes of a good one. */
export async function writeByteScene(name: ByteScene, file: string, goodScene: string): Promise<void> {
  await writeFile(file, makers[name](await readFile(goodScene)));
}

/** Both texts are Latin-1, and equally long. */
function replaced(good: Buffer, from: string, to: string): Buffer {
  return Buffer.from(good.toString('latin1').replace(from, to), 'latin1');
}

/** The header is `BLENDER-v304`, or `BLENDER17-01v0500` from 5.0 on. */
function withVersion(good: Buffer): Buffer {
  const bytes = Buffer.from(good);
  const old = /v(\d{3,4})/.exec(bytes.toString('latin1', 0, 17))?.[1] ?? '';
  bytes.write('999'.padStart(old.length, '0'), bytes.indexOf('v') + 1, 'latin1');
  return bytes;
}
