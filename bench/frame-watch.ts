import { existsSync, globSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';

/** How often to look whether the job has begun. */
const lookEveryMs = 5;

/** Sees when Blender wrote a frame of a worker's next job. */
export class FrameWatch implements Disposable {
  readonly #pattern: string;
  readonly #before: ReadonlySet<string>;
  readonly #timer: NodeJS.Timeout;
  #watcher: FSWatcher | undefined;
  #writtenMs: number | undefined;

  /**
   * @param folder of the worker
   * @param file the frame's
   */
  constructor(folder: string, file: string) {
    this.#pattern = path.join(folder, 'tmp_render_out/*/*');
    this.#before = new Set(this.#frameFolders());
    this.#timer = setInterval(() => this.#look(file), lookEveryMs);
  }

  /** When the file was written for the last time, by `performance.now()`. */
  get writtenMs(): number {
    if (this.#writtenMs === undefined) throw new Error('nobody saw the frame being written');
    return this.#writtenMs;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#watcher?.close();
  }

  /** A job's folder may be a link, which a pattern does not follow. */
  #frameFolders(): string[] {
    return globSync(this.#pattern)
      .map((found) => path.join(found, 'work/frames'))
      .filter((found) => existsSync(found));
  }

  #look(file: string): void {
    const folder = this.#frameFolders().find((found) => !this.#before.has(found));
    if (folder === undefined) return;
    clearInterval(this.#timer);
    // `rename` tells that it was made, or removed.
    this.#watcher = watch(folder, (event, name) => {
      if (event === 'change' && name === file) this.#writtenMs = performance.now();
    });
  }
}
