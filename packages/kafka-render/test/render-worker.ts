import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { assertKeepsSecrets } from '../../../lab/secrets.ts';

const program = path.join(import.meta.dirname, '../../../bin/kafka-render');

/** A line of the worker's log; what is not JSON stands in `message` alone. */
export interface LogLine {
  readonly level?: string;
  readonly code?: string;
  readonly message: string;
  readonly offset?: number;
  readonly [field: string]: unknown;
}

export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Longer than the worker's own shutdown time-out. */
const endWithinMs = 30_000;

/** The program `bin/kafka-render`, as a user starts it. Disposing ends it and waits until it is gone. */
export class RenderWorker implements AsyncDisposable {
  /** Everything it has logged so far. */
  readonly log: LogLine[] = [];
  /** What it printed to standard output. */
  stdout = '';
  #text = '';
  readonly ended: Promise<WorkerEnd>;
  readonly #child: ChildProcess;
  readonly #news = new EventEmitter();

  constructor(args: readonly string[], cwd: string, before: readonly string[] = []) {
    const [command = program, ...all] = [...before, program, ...args];
    const child = spawn(command, all, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#news.setMaxListeners(0);
    child.stdout.on('data', (chunk) => (this.stdout += String(chunk)));
    createInterface(child.stderr).on('line', (line) => this.#take(line));
    this.ended = once(child, 'close').then(([code, signal]) => {
      this.#news.emit('end');
      return { code, signal };
    });
  }

  /** All that it logged, as it was written. */
  get text(): string {
    return this.#text;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the worker did not start');
    return this.#child.pid;
  }

  /** The first line of the log, said already or to come, of which `wanted` is true. Throws when the worker ends before. */
  async said(wanted: (line: LogLine) => boolean, timeoutMs = 30_000): Promise<LogLine> {
    const given = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const line = this.log.find(wanted);
      if (line) return line;
      if (this.#hasEnded()) throw new Error(`the worker ended without saying so.\n${this.tail()}`);
      await Promise.race([
        once(this.#news, 'line', { signal: given }),
        once(this.#news, 'end', { signal: given }),
      ]).catch((cause: Error) => {
        throw new Error(`the worker does not say so within ${timeoutMs} ms.\n${this.tail()}`, { cause });
      });
    }
  }

  /** Its partitions are known to it: what is sent from now on is read, also without a group. */
  async isListening(): Promise<void> {
    await this.said(({ message, partitions }) => message === 'partitions assigned' && isFilled(partitions));
  }

  /** Blender is at the samples of a frame: needs `-d`. */
  async isRendering(): Promise<void> {
    await this.said(({ message }) => / Sample \d+\/\d+/.test(message));
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it as an operator does. Throws when it does not end in time. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<WorkerEnd> {
    this.kill(signal);
    return await this.endsWithin(endWithinMs);
  }

  async endsWithin(timeoutMs: number): Promise<WorkerEnd> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error(`the worker runs after ${timeoutMs} ms.\n${this.tail()}`)),
      timeoutMs,
    );
    return await Promise.race([this.ended, promise]).finally(() => clearTimeout(timer));
  }

  /** The end of the log, for messages of failed tests. */
  tail(): string {
    return this.log
      .slice(-30)
      .map((line) => `  | ${JSON.stringify(line)}`)
      .join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    // The first and the last word of a worker, and all between.
    assertKeepsSecrets(this.stdout + this.#text, 'a worker');
  }

  async #end(): Promise<void> {
    if (this.#hasEnded()) return;
    this.kill('SIGTERM');
    await this.endsWithin(endWithinMs).catch(async (error: Error) => {
      this.kill('SIGKILL');
      await this.ended;
      throw error;
    });
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #take(line: string): void {
    this.#text += `${line}\n`;
    this.log.push(line.startsWith('{') ? (JSON.parse(line) as LogLine) : { message: line });
    this.#news.emit('line');
  }
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}
