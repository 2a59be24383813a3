import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leftoverTest, ownedPrefix } from '../../folder-owner.ts';

/** Bounds how many processes and threads one command has at a time. */
export interface ProcessBound extends AsyncDisposable {
  readonly kind: 'cgroup' | 'rlimit' | 'none';
  /** For one command, until what is returned is disposed of. */
  begin(): BoundTree;
}

interface BoundTree extends Disposable {
  /** What to put in front of the whole. */
  readonly joining: readonly string[];
  /** Arguments for prlimit, inside of the sandbox. */
  readonly limits: readonly string[];
}

const nothing = (): void => undefined;

const noResources = { [Symbol.asyncDispose]: () => Promise.resolve() };

/**
 * RLIMIT_NPROC where it holds within the sandbox alone: not for root, and before Linux 5.14 it counts all processes of the
 * user. There a cgroup does, if this worker may make one.
 */
export async function processBound(max: number): Promise<ProcessBound> {
  if (process.getuid?.() !== 0 && countsInside(release())) {
    const begin = (): BoundTree => ({ joining: [], limits: [`--nproc=${max}`], [Symbol.dispose]: nothing });
    return { kind: 'rlimit', begin, ...noResources };
  }
  const parent = cgroupParent(textOf('/proc/self/cgroup'), textOf('/sys/fs/cgroup/cgroup.subtree_control'));
  const groups = parent === undefined ? undefined : await Cgroups.open(parent, max);
  const begin = (): BoundTree => ({ joining: [], limits: [], [Symbol.dispose]: nothing });
  return groups ?? { kind: 'none', begin, ...noResources };
}

/** Whether a kernel counts processes in each user namespace. */
export function countsInside(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}

/**
 * In which folder this worker may make groups that bound processes. Of the first kind of cgroups its own in the hierarchy of
 * processes; of the second kind only the root: in any other one there are either processes or groups.
 * @param own what `/proc/self/cgroup` says
 * @param handedDown what groups of the second kind may bound
 */
export function cgroupParent(own: string, handedDown: string): string | undefined {
  const ofFirstKind = /^\d+:(?:[\w,=]+,)?pids(?:,[\w,=]+)?:(\/.*)$/m.exec(own)?.[1];
  if (ofFirstKind !== undefined) return path.join('/sys/fs/cgroup/pids', ofFirstKind);
  return own.trim() === '0::/' && handedDown.split(/\s/).includes('pids') ? '/sys/fs/cgroup' : undefined;
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

const familyName = 'kafka-runner-';

/** By this process, for however many workers. */
let made = 0;

/** A cgroup for each command, named after the worker, so that a later one removes what a crash has left. */
class Cgroups implements ProcessBound {
  readonly kind = 'cgroup';
  readonly #prefix: string;
  readonly #max: number;
  readonly #removals = new Set<Promise<void>>();

  private constructor(prefix: string, max: number) {
    this.#prefix = prefix;
    this.#max = max;
  }

  /** Undefined where none can be made: in a container they are often for reading only. */
  static async open(parent: string, max: number): Promise<Cgroups | undefined> {
    try {
      const isLeftover = await leftoverTest();
      const family = readdirSync(parent).filter((name) => name.startsWith(familyName));
      for (const name of family) if (isLeftover(name.slice(familyName.length))) await remove(path.join(parent, name));
      const groups = new Cgroups(path.join(parent, familyName + (await ownedPrefix())), max);
      groups.begin()[Symbol.dispose]();
      return groups;
    } catch {
      return undefined;
    }
  }

  begin(): BoundTree {
    made += 1;
    const folder = `${this.#prefix}${made}`;
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'pids.max'), String(this.#max));
    const joining = ['/bin/sh', '-c', 'echo 0 >"$0" && exec "$@"', path.join(folder, 'cgroup.procs')];
    return { joining, limits: [], [Symbol.dispose]: () => this.#remove(folder) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#removals);
  }

  #remove(folder: string): void {
    const removal = remove(folder).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }
}

/** The dead count until they are buried. What stays all the same goes when the next worker starts. */
async function remove(folder: string): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return;
      await sleep(50);
    }
  }
}
