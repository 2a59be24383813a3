import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import process from 'node:process';
import { startLab } from './lab.ts';
import { describeLab, sharedLabVariable } from './shared-lab.ts';

/** Runs a command that finds a lab by `sharedLab()`; returns its exit code as a shell would. */
async function runWithLab([program, ...args]: readonly [string, ...string[]]): Promise<number> {
  await using lab = await startLab();
  const env = { ...process.env, [sharedLabVariable]: describeLab(lab) };
  const child = spawn(program, args, { stdio: 'inherit', env });
  // A Ctrl-C reaches the command as well: it decides, and the lab outlives it. Other signals are handed on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  return await exitCodeOf(child);
}

async function exitCodeOf(child: ChildProcess): Promise<number> {
  const [code, signal]: [number | null, NodeJS.Signals] = await once(child, 'exit').then(([c, s]) => [c, s]);
  return code ?? 128 + constants.signals[signal];
}

const [program, ...args] = process.argv.slice(process.argv[2] === '--' ? 3 : 2);
if (program === undefined) {
  console.error('Usage: bin/node lab/with-lab.ts -- COMMAND ARGS...');
  process.exitCode = 2;
} else {
  process.exitCode = await runWithLab([program, ...args]).catch((error: Error) => {
    console.error(error.message);
    return 1;
  });
}
