import process from 'node:process';
import { processStart } from '../packages/kafka-runner/src/worker-identity.ts';

/** Whether a process with this id runs; when `startTime` is given, whether it is still that very process. */
export function isAlive(pid: number, startTime?: string): boolean {
  const started = processStart(pid);
  return started !== undefined && (startTime === undefined || started === startTime);
}

/** This process, as a text without separators that a file's name can carry: `PID-STARTTIME`. */
export function ownIdentity(): string {
  return `${process.pid}-${processStart(process.pid)}`;
}
