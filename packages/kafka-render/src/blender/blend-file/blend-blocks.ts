import { EndOfBytesError, pass, take } from './byte-reader.ts';
import type { ByteReader } from './byte-reader.ts';

/** How the heads of a file's blocks are laid out. `largeBlocks`: from 5.0 on, with lengths of 64 bits. */
export type BlockLayout = {
  readonly pointerBytes: 4 | 8;
  readonly bigEndian: boolean;
  readonly largeBlocks: boolean;
};

/** More than any scene that a worker could hold, and an end to files that unpack to ever more. */
const mostBytes = 2 ** 37;

/** Ten times those of the largest scenes. A file of a few megabytes can unpack to billions of empty ones. */
const mostBlocks = 10_000_000;

/** The block that describes all others begins so; without it Blender crashes. */
const description = 'SDNANAME';

/**
 * Goes from block to block up to the one that ends the file, and on to the last byte (of what a compressed file ends
 * with). {@link EndOfBytesError} when that never comes, or something on the way is no block.
 */
export async function readToEndBlock(bytes: ByteReader, layout: BlockLayout, signal?: AbortSignal): Promise<void> {
  const headBytes = layout.largeBlocks ? 32 : 16 + layout.pointerBytes;
  let isDescribed = false;
  for (let total = 0, blocks = 0; total < mostBytes && blocks < mostBlocks; blocks += 1) {
    signal?.throwIfAborted();
    const head = await take(bytes, headBytes);
    const code = blockCode(head);
    if (code === 'ENDB') {
      if (!isDescribed) throw new EndOfBytesError('nothing describes its blocks');
      await bytes.skip(mostBytes);
      return;
    }
    const length = blockLength(head, layout);
    if (code === 'DNA1') {
      const start = await take(bytes, Math.min(length, description.length));
      isDescribed = start.toString('latin1') === description;
      await pass(bytes, length - start.length);
    } else {
      await pass(bytes, length);
    }
    total += headBytes + length;
  }
  throw new EndOfBytesError(`no end within ${mostBytes} bytes and ${mostBlocks} blocks`);
}

/** Two capital letters for a kind of data-block, four letters or digits for other things. */
function blockCode(head: Buffer): string {
  const code = head.toString('latin1', 0, 4);
  if (!/^[A-Z][A-Z](\0\0|[A-Z0-9]{2})$/.test(code)) {
    throw new EndOfBytesError(`there is no block where one should begin`);
  }
  return code;
}

/** The code (4 bytes) comes first; then the length, or in large heads kind, old address and length. */
function blockLength(head: Buffer, { largeBlocks, bigEndian }: BlockLayout): number {
  const small = bigEndian ? head.readInt32BE(4) : head.readInt32LE(4);
  const length = largeBlocks ? Number(head.readBigInt64LE(16)) : small;
  if (length < 0) {
    throw new EndOfBytesError(`a block of ${length} bytes`);
  }
  return length;
}
