import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

export const outFolder = path.join(root, 'out');

/** Runs a program to its end. Throws when it fails. */
export async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore' });
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  if (exitCode !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${exitCode}`);
}

/** A worker of ours as a process of its own, for as long as it is measured. */
export interface WorkerProcess extends AsyncDisposable {
  readonly pid: number;
}

/** @param program relative to the repository */
export function startWorker(program: string, args: readonly string[], cwd: string): WorkerProcess {
  const log = openSync(path.join(outFolder, 'bench-worker.log'), 'a');
  const child = spawn(path.join(root, program), args, { cwd, stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = once(child, 'exit');
  // Nobody waits for results of a worker that is gone.
  const failed = (code: number | null): void => {
    console.error(`${program} ended with exit code ${code}: see out/bench-worker.log`);
    process.exit(1);
  };
  child.once('exit', failed);
  // Also when the benchmark is ended before its time: a worker and its Blenders would live on.
  const kill = (): unknown => child.kill('SIGTERM');
  process.once('exit', kill);
  return {
    pid: child.pid as number,
    async [Symbol.asyncDispose](): Promise<void> {
      child.removeListener('exit', failed);
      kill();
      process.removeListener('exit', kill);
      await ended;
    },
  };
}
