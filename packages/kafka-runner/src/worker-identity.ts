import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
 * When a process started, in clock ticks since boot: with the process id it names one process for as long as the
 * machine runs, though ids are used again. Field 22 of `/proc/PID/stat` (proc(5)); undefined when no such process runs.
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name, may itself hold spaces and parentheses: count from behind it.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
