import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The ids of all Blender processes that work in a folder: a worker's commands run in its working directory. */
export async function blendersOf(cwd: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => isBlenderIn(pid, cwd)));
  return pids.filter((_, index) => found[index]).map(Number);
}

/** The Blender of a worker that is at a job, which it writes its report of; another one may be idle beside it. */
export async function blenderAtWork(cwd: string): Promise<number> {
  for (const giveUpAt = performance.now() + 10_000; performance.now() < giveUpAt; await sleep(20)) {
    for (const pid of await blendersOf(cwd)) if (await hasOpen(pid, 'report.jsonl')) return pid;
  }
  throw new Error(`no Blender in ${cwd} is at a job`);
}

async function hasOpen(pid: number, name: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const fds = await readdir(folder).catch(() => []);
  const files = await Promise.all(fds.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return files.some((file) => path.basename(file) === name);
}

async function isBlenderIn(pid: string, cwd: string): Promise<boolean> {
  try {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8');
    return name.startsWith('blender') && (await readlink(`/proc/${pid}/cwd`)) === cwd;
  } catch {
    // Gone meanwhile, or a zombie, which has no folder any more.
    return false;
  }
}
