import { StringDecoder } from 'node:string_decoder';

/** A longer line is handed on in pieces of this many characters, so that output without a newline takes no memory. */
const maxLineLength = 16_384;

/** Cuts a stream of bytes into lines. `\r\n`, `\n` and a lone `\r` (progress displays) each end one. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#emit(line);
    while (this.#rest.length > maxLineLength) {
      this.#onLine(this.#rest.slice(0, maxLineLength));
      this.#rest = this.#rest.slice(maxLineLength);
    }
  }

  /** The stream has ended: what stands after the last newline is a line too. */
  end(): void {
    const rest = (this.#rest + this.#decoder.end()).replace(/\r$/, '');
    this.#rest = '';
    if (rest !== '') this.#emit(rest);
  }

  #emit(line: string): void {
    for (let start = 0; start === 0 || start < line.length; start += maxLineLength) {
      this.#onLine(line.slice(start, start + maxLineLength));
    }
  }
}
