import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The environment variable by which `end-lab.sh` finds the processes of a lab. */
export const memberVariable = 'KAFKA_RENDER_LAB_MEMBER';

/** A process of its own that outlives this one for just as long as it takes to end the lab. */
export interface Guardian {
  /** Ends the lab now: its processes first, then its folder. */
  endLab(): Promise<void>;
}

/**
 * Starts the guardian of a lab. It waits for the end of a pipe that only this process holds, and in a session of its
 * own, so that a Ctrl-C at the terminal reaches everybody but it.
 */
export function startGuardian(labFolder: string): Guardian {
  const child = spawn('sh', [join(import.meta.dirname, 'guardian.sh'), labFolder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.unref();
  const ended = once(child, 'exit');
  return {
    async endLab() {
      child.ref();
      child.stdin.end();
      const inTime = await Promise.race([ended, sleep(10_000, 'late', { ref: false })]);
      if (inTime === 'late') throw new Error(`The lab in ${labFolder} did not end within 10 s: look what holds it`);
    },
  };
}
