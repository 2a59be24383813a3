import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FailedError } from '../errors.ts';

const lookEveryMs = 100;
/** What `stat` counts blocks in, whatever the file system's own are. */
const blockBytes = 512;

/** What the files of a job take on the disk while its command runs, against a bound. */
export class SizeWatch {
  readonly #folders: readonly string[];
  readonly #maxBytes: number;
  readonly #tooLarge = new AbortController();

  /** @param maxBytes of all files in the folders together; undefined: as much as they like */
  constructor(folders: readonly string[], maxBytes = Infinity) {
    this.#folders = folders;
    this.#maxBytes = maxBytes;
  }

  /** Aborted with FailedError `job-too-large` when they take more. */
  get signal(): AbortSignal {
    return this.#tooLarge.signal;
  }

  /** Looks again and again while `running` goes on, and once more when it has ended well. */
  async during<T>(running: () => Promise<T>): Promise<T> {
    if (this.#maxBytes === Infinity) return await running();
    const over = new AbortController();
    const watching = this.#watch(over.signal);
    try {
      const result = await running();
      await this.#look();
      this.signal.throwIfAborted();
      return result;
    } finally {
      over.abort();
      await watching;
    }
  }

  async #watch(over: AbortSignal): Promise<void> {
    while (!over.aborted && !this.signal.aborted) {
      await sleep(lookEveryMs, undefined, { signal: over }).catch(() => undefined);
      if (!over.aborted) await this.#look();
    }
  }

  async #look(): Promise<void> {
    let bytes = 0;
    for (const folder of this.#folders) bytes += await bytesBelow(folder);
    if (bytes <= this.#maxBytes) return;
    const message = `the job's files take ${bytes} bytes on the disk, more than the ${this.#maxBytes} that a job may have`;
    this.#tooLarge.abort(new FailedError('job-too-large', message));
  }
}

/** What a sparse file does not hold does not count. What goes away meanwhile does not either. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesBelow(name);
    else
      bytes += await lstat(name).then(
        ({ blocks }) => blocks * blockBytes,
        () => 0,
      );
  }
  return bytes;
}
