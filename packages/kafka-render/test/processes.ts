import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The ids of all Blender processes of a worker: its commands run in its working directory, or see parts of it in a sandbox. */
export async function blendersOf(cwd: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => isBlenderIn(pid, cwd)));
  return pids.filter((_, index) => found[index]).map(Number);
}

/** The Blender of a worker that is at a job, which it writes its report of; another one may be idle beside it. */
export async function blenderAtWork(cwd: string): Promise<number> {
  return (await blendersAtWork(cwd, 1))[0] as number;
}

/** As soon as so many are at jobs. */
export async function blendersAtWork(cwd: string, count: number): Promise<number[]> {
  for (const giveUpAt = performance.now() + 10_000; performance.now() < giveUpAt; await sleep(20)) {
    const atWork: number[] = [];
    for (const pid of await blendersOf(cwd)) if (await hasOpen(pid, 'report.jsonl')) atWork.push(pid);
    if (atWork.length >= count) return atWork;
  }
  throw new Error(`there are not ${count} Blenders in ${cwd} at jobs`);
}

/** The environment that a process was started with. */
export async function environmentOf(pid: number): Promise<Record<string, string>> {
  const variables = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').filter((text) => text !== '');
  return Object.fromEntries(
    variables.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  );
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
    if (!name.startsWith('blender')) return false;
    const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8');
    return (await readlink(`/proc/${pid}/cwd`)) === cwd || mounts.includes(` ${cwd}/`);
  } catch {
    // Gone meanwhile, or a zombie, which has no folder any more.
    return false;
  }
}
