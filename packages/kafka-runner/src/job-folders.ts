import { mkdir, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { processStart } from './worker-identity.ts';

/**
 * The folders of one worker's jobs: `ROOT/HOST-PID-START/NAME`. The name of the worker's own folder tells a later
 * worker on this machine whether its owner is alive, so that the leftovers of a crash go and nothing else does.
 */
export class JobFolders implements AsyncDisposable {
  readonly #own: string;

  private constructor(own: string) {
    this.#own = own;
  }

  /** Removes what dead workers of this machine left in `root`, then makes a folder for this one. */
  static async open(root: string): Promise<JobFolders> {
    await mkdir(root, { recursive: true });
    await removeLeftovers(root);
    const own = path.resolve(root, `${hostname()}-${process.pid}-${await processStart('self')}`);
    await mkdir(own, { recursive: true });
    return new JobFolders(own);
  }

  /** Makes `NAME/work`, whose path is returned, and beside it `NAME/tmp` for temporary files; both empty. */
  async create(name: string): Promise<string> {
    await this.remove(name);
    await mkdir(path.join(this.#own, name, 'tmp'), { recursive: true });
    const work = path.join(this.#own, name, 'work');
    await mkdir(work);
    return work;
  }

  async remove(name: string): Promise<void> {
    await rm(path.join(this.#own, name), { recursive: true, force: true, maxRetries: 3 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#own, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function removeLeftovers(root: string): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true });
  for (const entry of entries) {
    if (entry.isDirectory() && (await isLeftover(entry.name))) {
      await rm(path.join(root, entry.name), { recursive: true, force: true });
    }
  }
}

/** Only folders of this machine can be judged: several may share a disk. */
async function isLeftover(name: string): Promise<boolean> {
  const [, host, pid, start] = /^(.+)-(\d+)-(\d+)$/.exec(name) ?? [];
  return host === hostname() && (await processStart(Number(pid))) !== start;
}
