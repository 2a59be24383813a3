import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.dirname(import.meta.dirname);

export interface ProgramOptions {
  readonly cwd: string;
  readonly onStdout?: (line: string) => void;
  readonly onStderr?: (line: string) => void;
}

/** One of the programs in `bin/`, as a user would start it; disposing ends it as Ctrl-C does. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(name: string, args: readonly string[], { cwd, onStdout, onStderr }: ProgramOptions) {
    const child = spawn(path.join(root, 'bin', name), args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#ended = once(child, 'close');
    createInterface(child.stdout).on('line', (line) => onStdout?.(line));
    createInterface(child.stderr).on('line', (line) => onStderr?.(line));
  }

  /** Resolves with the exit code when the program has ended by itself. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGINT');
    await this.#ended;
  }
}
