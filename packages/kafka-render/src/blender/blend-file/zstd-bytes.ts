import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import type { ByteReader } from './byte-reader.ts';
import type { FileBytes } from './file-bytes.ts';
import { StreamBytes } from './stream-bytes.ts';
import { zstdFrames } from './zstd-frames.ts';
import type { ZstdFrame } from './zstd-frames.ts';

/** What the zstd frames of a file unpack to. Frames that are skipped whole are not unpacked. */
export class ZstdBytes implements ByteReader {
  readonly #path: string;
  readonly #file: FileBytes;
  readonly #frames: AsyncGenerator<ZstdFrame>;
  #open: StreamBytes | undefined;

  constructor(path: string, file: FileBytes) {
    this.#path = path;
    this.#file = file;
    this.#frames = zstdFrames(file);
  }

  async read(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let left = length; left > 0; left -= pieces.at(-1)?.length ?? 0) {
      const piece = (await this.#open?.read(left)) ?? Buffer.alloc(0);
      if (piece.length === 0 && !(await this.#nextFrame(0))) {
        break;
      }
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  async skip(length: number): Promise<number> {
    let done = (await this.#open?.skip(length)) ?? 0;
    while (done < length) {
      const passed = await this.#nextFrame(length - done);
      if (!passed) {
        break;
      }
      done += passed.skipped + ((await this.#open?.skip(length - done - passed.skipped)) ?? 0);
    }
    return done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open?.[Symbol.asyncDispose]();
    await this.#file[Symbol.asyncDispose]();
  }

  /** Goes to the next frame, which is not opened when it lies within the `length` bytes to skip. */
  async #nextFrame(length: number): Promise<{ skipped: number } | undefined> {
    await this.#open?.[Symbol.asyncDispose]();
    this.#open = undefined;
    const { done, value: frame } = await this.#frames.next();
    if (done) {
      return undefined;
    }
    if (frame.contentSize !== undefined && frame.contentSize <= length) {
      return { skipped: frame.contentSize };
    }
    this.#open = this.#unpack(frame);
    return { skipped: 0 };
  }

  #unpack({ start, end }: ZstdFrame): StreamBytes {
    const compressed = createReadStream(this.#path, { start, end: end - 1 });
    return new StreamBytes(pipeline(compressed, createZstdDecompress(), () => undefined));
  }
}
