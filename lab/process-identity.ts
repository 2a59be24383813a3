import { readFileSync } from 'node:fs';
import process from 'node:process';

/**
 * When a process started, in clock ticks since boot: with the process id it names one process for as long as the
 * machine runs, though ids are used again. Undefined when there is no such process (proc(5), field 22 of `stat`).
 */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name in parentheses, may hold spaces: count from behind it.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

/** Whether a process with this id runs; when `startTime` is given, whether it is still that very process. */
export function isAlive(pid: number, startTime?: string): boolean {
  const started = startTimeOf(pid);
  return started !== undefined && (startTime === undefined || started === startTime);
}

/** This process, as a text without separators that a file's name can carry: `PID-STARTTIME`. */
export function ownIdentity(): string {
  return `${process.pid}-${startTimeOf(process.pid)}`;
}
