import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import process from 'node:process';

export interface CommandPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const endWithinMs = 45_000;

/** A command line in a shell, as somebody types it into a terminal of its own. */
export class RunningCommand {
  readonly command: string;
  /** What it has printed so far, standard output and standard error. */
  output = '';
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;
  readonly #news = new EventEmitter();

  constructor(command: string, { cwd, env }: CommandPlace) {
    this.command = command;
    // A process group of its own: what a Ctrl-C at its terminal would reach.
    const child = spawn('bash', ['-c', command], {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.#news.emit('news');
      });
    }
    this.ended = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals)[]) => {
      this.#news.emit('news');
      return code ?? signal ?? 1;
    });
  }

  /** Waits until it has printed this. Throws when it ends before, or does not within the time. */
  async prints(pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
    const given = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      if (this.hasEnded()) throw new Error(`it ended before it printed ${String(pattern)}\n${this.describe()}`);
      await once(this.#news, 'news', { signal: given }).catch((cause: Error) => {
        throw new Error(`it does not print ${String(pattern)}\n${this.describe()}`, { cause });
      });
    }
  }

  /** Waits for its end; throws when that is not exit code 0. */
  async succeeds(timeoutMs = 400_000): Promise<string> {
    const timer = setTimeout(() => this.#kill('SIGKILL'), timeoutMs);
    const end = await this.ended.finally(() => clearTimeout(timer));
    if (end !== 0) throw new Error(`it ended with ${end}\n${this.describe()}`);
    return this.output;
  }

  /** Ctrl-C, and the end of all that is left after 45 s. */
  async stop(): Promise<number | NodeJS.Signals> {
    if (!this.hasEnded()) this.#kill('SIGINT');
    const timer = setTimeout(() => this.#kill('SIGKILL'), endWithinMs);
    return await this.ended.finally(() => clearTimeout(timer));
  }

  hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  describe(): string {
    return `$ ${this.command}\n${this.output.split('\n').slice(-30).join('\n')}`;
  }

  #kill(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, signal);
  }
}
