import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { memberVariable } from '../lab/guardian.ts';

const root = path.dirname(import.meta.dirname);

export interface ProgramOptions {
  readonly cwd: string;
  /** The lab that ends the program with itself, also when nobody is left to dispose of it. */
  readonly labFolder: string;
  readonly onStdout?: (line: string) => void;
  readonly onStderr?: (line: string) => void;
}

/** One of the programs in `bin/`, as a user would start it; disposing ends it as Ctrl-C does. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(name: string, args: readonly string[], { cwd, labFolder, onStdout, onStderr }: ProgramOptions) {
    const env = { ...process.env, [memberVariable]: labFolder };
    const child = spawn(path.join(root, 'bin', name), args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#ended = once(child, 'close');
    createInterface(child.stdout).on('line', (line) => onStdout?.(line));
    createInterface(child.stderr).on('line', (line) => onStderr?.(line));
  }

  /** Resolves when the program has ended, with its exit code; null when a signal ended it. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGINT');
    await this.#ended;
  }
}
