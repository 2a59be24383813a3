import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { asTyped } from '../as-typed.ts';
import { cacheFolder } from '../cache.ts';

/** One command of the set-up: `log` names the file below `CACHE/logs` that takes its output. */
export interface SetupCommand {
  readonly argv: readonly [string, ...string[]];
  readonly log: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command with its output in a log file.
 *
 * @throws Error that names the command as one would type it, how it ended, and the last lines of what it printed.
 */
export async function run({ argv, log, cwd = process.cwd(), env = {} }: SetupCommand): Promise<void> {
  const logFile = join(cacheFolder(), 'logs', `${log}.log`);
  mkdirSync(join(cacheFolder(), 'logs'), { recursive: true });
  const output = openSync(logFile, 'w');
  const [program, ...args] = argv;
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  closeSync(output);
  const ending = await endOf(child);
  if (ending !== 'exit code 0') {
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const command = `cd ${asTyped([cwd])} && ${asTyped([...settings, ...argv])}`;
    throw new Error(`${ending}\n${lastLines(logFile)}\n  Command: ${command}\n  All of its output: ${logFile}`);
  }
}

async function endOf(child: ReturnType<typeof spawn>): Promise<string> {
  try {
    const [code, signal] = await once(child, 'exit');
    return code === null ? `ended by ${signal}` : `exit code ${code}`;
  } catch (error) {
    return `could not be started: ${(error as Error).message}`;
  }
}

function lastLines(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15);
  return lines.map((line) => `  | ${line}`).join('\n');
}
