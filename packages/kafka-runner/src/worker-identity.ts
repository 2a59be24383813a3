import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** What tells one worker process from all others. */
export interface WorkerIdentity {
  /** `host-pid`: for people, in headers and logs. */
  readonly name: string;
  /** Unique for ever; marks the worker's process trees. */
  readonly id: string;
}

export function workerIdentity(): WorkerIdentity {
  return { name: `${hostname()}-${process.pid}`, id: randomUUID() };
}

/**
 * When a process started, in clock ticks since boot: with the process id it names one process, though ids are used
 * again. Field 22 of `/proc/PID/stat` (proc(5)); undefined when there is no such process.
 */
export async function processStart(pid: number | 'self'): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name, may itself hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
