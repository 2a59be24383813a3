import { readdir, readFile, readlink } from 'node:fs/promises';

/** The ids of all Blender processes that work in a folder: a worker's commands run in its working directory. */
export async function blendersOf(cwd: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => isBlenderIn(pid, cwd)));
  return pids.filter((_, index) => found[index]).map(Number);
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
