import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after } from 'node:test';
import { CommandOutput } from '../../../src/command/command-output.ts';
import { findMarked } from '../../../src/command/process-tree.ts';
import { Spawner } from '../../../src/command/spawner.ts';
import { runCommand, type CommandContext, type CommandResult } from '../../../src/command/run-command.ts';

/** A little program of the fixtures. */
export function fixture(name: string): string {
  return path.join(import.meta.dirname, '../../fixtures', name);
}

/** How a command ran, what it printed, and the mark of its process tree. */
export interface Ran {
  readonly result: CommandResult;
  readonly output: CommandOutput;
  readonly lines: string[];
  readonly mark: string;
}

export function newMark(): string {
  return `test-${randomUUID()}`;
}

const spawner = new Spawner();
after(() => spawner[Symbol.dispose]());

/** Runs a command to its end; what is not said is as short as it can be. */
export async function run(argv: readonly string[], different: Partial<CommandContext> = {}): Promise<Ran> {
  const output = new CommandOutput();
  const lines: string[] = [];
  const context: CommandContext = {
    cwd: tmpdir(),
    environment: process.env,
    temporaryFolder: tmpdir(),
    signal: new AbortController().signal,
    mark: newMark(),
    graceMs: 300,
    spawner,
    guardian: { watch: () => ({ [Symbol.dispose]: () => undefined }) },
    output,
    onLine: (line, stream) => lines.push(`${stream}: ${line}`),
    ...different,
  };
  const result = await runCommand(argv, context);
  return { result, output, lines, mark: context.mark };
}

export async function sh(script: string, different: Partial<CommandContext> = {}): Promise<Ran> {
  return await run(['/bin/sh', '-c', script], different);
}

/** Resolves to whether it became true within the time. */
export async function within(ms: number, isTrue: () => boolean): Promise<boolean> {
  const giveUpAt = performance.now() + ms;
  while (!isTrue()) {
    if (performance.now() > giveUpAt) return false;
    await sleep(10);
  }
  return true;
}

/** Whether anything that carries the mark is gone within the time. */
export async function isGone(mark: string, ms: number): Promise<boolean> {
  return await within(ms, () => findMarked(mark).length === 0);
}
