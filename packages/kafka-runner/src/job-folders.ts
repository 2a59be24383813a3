import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { processStart } from './worker-identity.ts';

/** A folder of one job: `work` for the job's own files, `tmp` for what programs leave behind. Disposing removes both. */
export interface JobFolder extends AsyncDisposable {
  readonly work: string;
  readonly tmp: string;
}

/**
 * The folders of one worker's jobs: `ROOT/HOST-PID-START-RANDOM/NAME`. The name of the worker's own folder tells a
 * later worker on this machine whether its owner is alive, so that the leftovers of a crash go and nothing else does.
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
    const owner = `${hostname()}-${process.pid}-${await processStart('self')}`;
    return new JobFolders(await mkdtemp(path.resolve(root, `${owner}-`)));
  }

  /** A new folder, both parts empty. */
  async create(name: string): Promise<JobFolder> {
    const folder = path.join(this.#own, name);
    const [work, tmp] = [path.join(folder, 'work'), path.join(folder, 'tmp')];
    await removeFolder(folder);
    await mkdir(work, { recursive: true });
    await mkdir(tmp);
    return { work, tmp, [Symbol.asyncDispose]: () => removeFolder(folder) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeFolder(this.#own);
  }
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function removeLeftovers(root: string): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true });
  for (const entry of entries) {
    if (entry.isDirectory() && (await isLeftover(entry.name))) {
      await removeFolder(path.join(root, entry.name));
    }
  }
}

/** Only folders of this machine can be judged: several may share a disk. */
async function isLeftover(name: string): Promise<boolean> {
  const [, host, pid, start] = /^(.+)-(\d+)-(\d+)-\w+$/.exec(name) ?? [];
  return host === hostname() && (await processStart(Number(pid))) !== start;
}
