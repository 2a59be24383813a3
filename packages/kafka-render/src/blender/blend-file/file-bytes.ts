import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { ByteReader } from './byte-reader.ts';

const windowBytes = 65_536;

/** A file as it is: what is skipped is not read. */
export class FileBytes implements ByteReader {
  readonly size: number;
  readonly #file: FileHandle;
  #position = 0;
  #window = Buffer.alloc(0);
  #windowStart = 0;

  private constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  static async open(path: string): Promise<FileBytes> {
    const file = await open(path, 'r');
    try {
      return new FileBytes(file, (await file.stat()).size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Where the next byte is. */
  get position(): number {
    return this.#position;
  }

  async read(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    this.#position += bytes.length;
    return bytes;
  }

  /** The next bytes, without moving on. */
  async peek(length: number): Promise<Buffer> {
    if (this.#position - this.#windowStart + length > this.#window.length) {
      await this.#fill(Math.max(length, windowBytes));
    }
    const at = this.#position - this.#windowStart;
    return this.#window.subarray(at, at + length);
  }

  async skip(length: number): Promise<number> {
    const skipped = Math.min(length, this.size - this.#position);
    this.#position += skipped;
    return skipped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #fill(length: number): Promise<void> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(length), 0, length, this.#position);
    this.#window = buffer.subarray(0, bytesRead);
    this.#windowStart = this.#position;
  }
}
