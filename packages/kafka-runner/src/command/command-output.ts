import { FailedError } from '../errors.ts';

const maxTextBytes = 1_048_576;
const maxTailLines = 20;

/** What a command printed, within a bound: the first MiB of its standard output, the last lines of both streams. */
export class CommandOutput {
  readonly #chunks: Buffer[] = [];
  readonly #tail: string[] = [];
  #onLine: (line: string) => void = () => undefined;
  #bytes = 0;

  /** Standard output as it was written. Throws FailedError `output-too-large` beyond 1 MiB rather than hand out a part. */
  text(): string {
    if (this.#bytes > maxTextBytes) {
      throw new FailedError(
        'output-too-large',
        `the command printed ${this.#bytes} bytes, of which at most ${maxTextBytes} can be used: let it write to a file`,
      );
    }
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  /** The last lines of standard output and standard error, oldest first. */
  tail(): readonly string[] {
    return this.#tail;
  }

  /** Calls back with each line of both streams as it comes. Of several listeners the last one counts; it must not throw. */
  onLine(listener: (line: string) => void): void {
    this.#onLine = listener;
  }

  addText(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= maxTextBytes) this.#chunks.push(chunk);
    else this.#chunks.length = 0;
  }

  addLine(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > maxTailLines) this.#tail.shift();
    this.#onLine(line);
  }
}
