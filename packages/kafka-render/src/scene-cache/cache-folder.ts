import { chmod, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { linkFile } from 'kafka-runner';
import { isEntryName } from './entry-name.ts';

/** Without a look at the folder for so many additions, those of other workers could go unnoticed for too long. */
const ADDITIONS_BETWEEN_SCANS = 32;

/** How full the cache is after it was over its bound: makes the next scan, which costs a stat per entry, rare. */
const FILL_AFTER_EVICTION = 0.9;

interface Entry {
  readonly file: string;
  readonly bytes: number;
  readonly usedMs: number;
  readonly isInUse: boolean;
}

/**
 * The entries of the cache: files in one folder, which is the whole index. A file's modification time is when it was
 * last used; a second hard link means that a job of this or another worker uses it.
 */
export class CacheFolder {
  readonly #folder: string;
  readonly #maxBytes: number;
  /** What the last scan found, and this worker has added since; without bound before the first scan. */
  #bytes = Infinity;
  #additions = 0;
  /** Of scenes on their way. */
  #reservedBytes = 0;
  #scan: Promise<void> = Promise.resolve();

  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /**
   * Gives a job its own link to an entry. The job keeps its file whatever happens to the entry afterwards, so no
   * other worker has to be told. False when there is no such entry of `size` bytes.
   */
  async take(name: string, size: number, file: string): Promise<boolean> {
    const entry = join(this.#folder, name);
    if (!(await linkIfThere(entry, file))) return false;
    if ((await stat(file)).size !== size) {
      // Cut short by a power failure, or written to by something else: an entry never changes its size.
      await Promise.all([rm(file, { force: true }), rm(entry, { force: true })]);
      return false;
    }
    await this.touch(name, new Date());
    return true;
  }

  /** Notes when an entry was used last. */
  async touch(name: string, lastUse: Date): Promise<void> {
    // Evicted since by another worker, or owned by another user: neither matters to a job.
    await utimes(join(this.#folder, name), lastUse, lastUse).catch(() => undefined);
  }

  /** Makes a complete file an entry. The file itself stays where it is. */
  async add(file: string, name: string, size: number): Promise<void> {
    await chmod(file, 0o444);
    // Where linking turns into copying, the entry must still appear as a whole.
    const arriving = `${file}.entry`;
    await linkFile(file, arriving);
    await rename(arriving, join(this.#folder, name));
    this.#bytes += size;
    this.#additions += 1;
  }

  /** Makes room for a scene on its way, and keeps it until `unreserve`. Resolves to whether it fits. */
  async reserve(bytes: number): Promise<boolean> {
    this.#reservedBytes += bytes;
    return this.trim();
  }

  unreserve(bytes: number): void {
    this.#reservedBytes -= bytes;
  }

  /** Comes back within the bound, as far as entries not in use allow. Resolves to whether it is. */
  async trim(): Promise<boolean> {
    if (this.#isOver() || this.#additions >= ADDITIONS_BETWEEN_SCANS) await this.#evict(FILL_AFTER_EVICTION);
    return !this.#isOver();
  }

  /** Removes every entry that is not in use, for when the disk is full before the cache is. */
  async clear(): Promise<void> {
    await this.#evict(0);
  }

  #isOver(): boolean {
    return this.#bytes + this.#reservedBytes > this.#maxBytes;
  }

  /** One at a time: two evictions would each count on what the other is about to remove. */
  async #evict(fill: number): Promise<void> {
    const scan = this.#scan.catch(() => undefined).then(() => this.#evictNow(fill));
    this.#scan = scan;
    await scan;
  }

  async #evictNow(fill: number): Promise<void> {
    const entries = (await this.#entries()).toSorted((a, b) => a.usedMs - b.usedMs);
    this.#bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    this.#additions = 0;
    if (!this.#isOver() && fill > 0) return;
    for (const entry of entries) {
      if (this.#bytes + this.#reservedBytes <= this.#maxBytes * fill) return;
      if (entry.isInUse) continue;
      await rm(entry.file, { force: true });
      this.#bytes -= entry.bytes;
    }
  }

  async #entries(): Promise<Entry[]> {
    const names = (await readdir(this.#folder)).filter(isEntryName);
    const entries = await Promise.all(names.map((name) => readEntry(join(this.#folder, name))));
    return entries.filter((entry) => entry !== undefined);
  }
}

async function linkIfThere(entry: string, file: string): Promise<boolean> {
  try {
    await linkFile(entry, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Undefined when another worker has evicted it meanwhile. */
async function readEntry(file: string): Promise<Entry | undefined> {
  try {
    const { size, mtimeMs, nlink } = await stat(file);
    return { file, bytes: size, usedMs: mtimeMs, isInUse: nlink > 1 };
  } catch {
    return undefined;
  }
}
