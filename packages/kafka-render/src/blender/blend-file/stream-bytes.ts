import type { Readable } from 'node:stream';
import { EndOfBytesError } from './byte-reader.ts';
import type { ByteReader } from './byte-reader.ts';

/** What a stream yields; an error in it means that the bytes end too early. */
export class StreamBytes implements ByteReader {
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async read(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    await this.#advance(length, (piece) => pieces.push(piece));
    return Buffer.concat(pieces);
  }

  skip(length: number): Promise<number> {
    return this.#advance(length, () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.destroy();
  }

  async #advance(length: number, onPiece: (piece: Buffer) => void): Promise<number> {
    let done = 0;
    while (done < length && (this.#chunk.length > 0 || (await this.#nextChunk()))) {
      const piece = this.#chunk.subarray(0, length - done);
      this.#chunk = this.#chunk.subarray(piece.length);
      done += piece.length;
      onPiece(piece);
    }
    return done;
  }

  async #nextChunk(): Promise<boolean> {
    try {
      const { done, value } = await this.#chunks.next();
      this.#chunk = done ? Buffer.alloc(0) : value;
      return !done;
    } catch (cause) {
      throw new EndOfBytesError((cause as Error).message, { cause });
    }
  }
}
