import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { cacheFolder } from './cache.ts';

/**
 * The Python clients that stand at the other end in tests. `current`: today's kafka-python, and minio. `old`:
 * kafka-python 2.0.2, as installations of the predecessor still run it.
 */
export type PythonClients = 'current' | 'old';

/** `bpy`: Blender as a module, for `npm run test:blenders`. */
export type PythonEnvironment = PythonClients | 'bpy';

/** The file that pins the packages of a virtual environment. */
export function requirementsFile(environment: PythonEnvironment): string {
  return join(import.meta.dirname, 'python', `requirements-${environment}.txt`);
}

/** The folder of a virtual environment; another one when its requirements change. */
export function pythonFolder(environment: PythonEnvironment): string {
  const hash = createHash('sha256')
    .update(readFileSync(requirementsFile(environment)))
    .digest('hex')
    .slice(0, 12);
  return join(cacheFolder(), 'python', `${environment}-${hash}`);
}

/** The Python of a virtual environment. */
export function pythonPath(environment: PythonEnvironment = 'current'): string {
  return join(pythonFolder(environment), 'bin', 'python');
}

/** `timeoutMs`: 60 s by default. */
export interface PythonOptions {
  readonly clients?: PythonClients;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a Python file to its end and returns what it printed.
 *
 * @throws Error with the standard error of the script when it exits otherwise than 0 or takes longer than `timeoutMs`.
 */
export async function runPython(
  script: string,
  args: readonly string[],
  { clients = 'current', timeoutMs = 60_000, env = {} }: PythonOptions = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(pythonPath(clients), [script, ...args], {
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, PYTHONUNBUFFERED: '1', ...env },
  });
  return stdout;
}
