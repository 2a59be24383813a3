import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pythonPath, type PythonClients } from '../../../lab/python.ts';

type Answer = { readonly answer: unknown } | { readonly error: string };

interface PythonSettings {
  readonly clients?: PythonClients;
  /** Beside the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program of `test/python` that answers commands, one after the other (see `answers.py`). Disposing ends it. */
export class PythonProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(script: string, args: readonly string[], { clients = 'current', env = {} }: PythonSettings = {}) {
    const file = path.join(import.meta.dirname, 'python', script);
    this.#child = spawn(pythonPath(clients), [file, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Throws with Python's traceback when the command fails. */
  async ask(command: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const answer = this.#last.then(() => this.#askNow({ command, ...args }));
    this.#last = answer.catch(() => undefined);
    return await answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #askNow(request: Readonly<Record<string, unknown>>): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`Python ended at the command ${String(request['command'])}`);
    const answer = JSON.parse(value) as Answer;
    if ('error' in answer) throw new Error(answer.error);
    return answer.answer;
  }
}
