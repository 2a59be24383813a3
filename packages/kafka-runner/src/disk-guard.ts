import { mkdirSync, statfsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logging/logger.ts';

/** A folder and two files for each job, and what a program leaves; a file system that has fewer inodes free is full. */
const leastFreeInodes = 100;

const defaultLeastFreeBytes = 268_435_456;
/** Of a disk so small that the default would be much of it, this part is enough. */
const defaultLeastFreeShare = 0.05;

const lookAgainMs = 1_000;

/** Holds new jobs back while the disk that they would write to is all but full, so that those that run can end. */
export class DiskGuard {
  readonly #folder: string;
  readonly #leastFreeBytes: number | undefined;
  #isFull = false;

  /** @param leastFreeBytes default: 256 MiB, or a twentieth of a smaller disk */
  constructor(folder: string, leastFreeBytes?: number) {
    this.#folder = folder;
    this.#leastFreeBytes = leastFreeBytes;
  }

  /** Resolves when there is room; says once that it waits, and once that it goes on. Rejects when the signal is aborted. */
  async untilRoom(signal: AbortSignal, logger: Logger): Promise<void> {
    while (!this.hasRoom()) {
      if (!this.#isFull) logger.warn({ code: 'disk-full' }, `no job is begun: ${this.#folder} has no room; make some`);
      this.#isFull = true;
      await sleep(lookAgainMs, undefined, { signal });
    }
    if (this.#isFull) logger.info(`${this.#folder} has room again`);
    this.#isFull = false;
  }

  hasRoom(): boolean {
    // Somebody may have tidied up in the temporary folder.
    mkdirSync(this.#folder, { recursive: true });
    const { bavail, bsize, blocks, files, ffree } = statfsSync(this.#folder);
    const leastFree = this.#leastFreeBytes ?? Math.min(defaultLeastFreeBytes, blocks * bsize * defaultLeastFreeShare);
    // A file system that does not count its inodes says that it has none at all.
    return bavail * bsize >= leastFree && (files === 0 || ffree >= leastFreeInodes);
  }
}
