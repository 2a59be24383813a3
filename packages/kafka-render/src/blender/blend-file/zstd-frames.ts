import { EndOfBytesError, pass, take } from './byte-reader.ts';
import type { FileBytes } from './file-bytes.ts';

/** A zstd frame in a file (RFC 8878): `contentSize` is what it unpacks to, when it says so. */
export type ZstdFrame = { readonly start: number; readonly end: number; readonly contentSize: number | undefined };

export const zstdMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

/**
 * The frames of a file, found by the sizes of their blocks, without unpacking. Blender writes one for every 128 KB and
 * a skippable one with an index at the end; Node's own decompressor stops, without an error, after the first.
 */
export async function* zstdFrames(file: FileBytes): AsyncGenerator<ZstdFrame> {
  while (file.position < file.size) {
    const start = file.position;
    const magic = (await take(file, 4)).readUInt32LE();
    if (magic >>> 4 === skippableMagic >>> 4) {
      await pass(file, (await take(file, 4)).readUInt32LE());
    } else if (magic === zstdMagic) {
      const contentSize = await skipFrame(file);
      yield { start, end: file.position, contentSize };
    } else {
      throw new EndOfBytesError(`no zstd frame at byte ${start}`);
    }
  }
}

async function skipFrame(file: FileBytes): Promise<number | undefined> {
  const descriptor = (await take(file, 1)).readUInt8();
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  await pass(file, (singleSegment ? 0 : 1) + dictionaryBytes);
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  const contentSize = contentSizeOf(await take(file, sizeBytes));
  await skipBlocks(file);
  await pass(file, (descriptor & 4) === 0 ? 0 : 4); // checksum
  return contentSize;
}

function contentSizeOf(field: Buffer): number | undefined {
  switch (field.length) {
    case 0:
      return undefined;
    case 2:
      return field.readUInt16LE() + 256;
    case 8:
      return Number(field.readBigUInt64LE());
    default:
      return field.readUIntLE(0, field.length);
  }
}

/** A block's head of 3 bytes: last or not, kind, size; the kind that repeats a byte takes one. */
async function skipBlocks(file: FileBytes): Promise<void> {
  for (let last = false; !last;) {
    const head = (await take(file, 3)).readUIntLE(0, 3);
    last = (head & 1) !== 0;
    await pass(file, ((head >>> 1) & 3) === 1 ? 1 : head >>> 3);
  }
}
