import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { assertKeepsSecrets } from '../../../lab/secrets.ts';

const program = path.join(import.meta.dirname, '../../../bin/kafka-render-dashboard');

/** The program `bin/kafka-render-dashboard`, as a user starts it. Disposing ends it and waits until it is gone. */
export class DashboardProgram implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #printed = '';

  constructor(args: readonly string[], cwd: string) {
    this.#child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk) => (this.#printed += String(chunk)));
    }
    this.#ended = once(this.#child, 'close');
  }

  /** The address with the token, as it is printed when the server listens. */
  async address(): Promise<string> {
    const giveUp = AbortSignal.timeout(30_000);
    for (;;) {
      const [, address] = /^The dashboard is at (\S+)$/m.exec(this.#printed) ?? [];
      if (address !== undefined) return address;
      const news = once(this.#child.stdout as NodeJS.ReadableStream, 'data', { signal: giveUp });
      await Promise.race([news, this.#ended]);
      if (this.#child.exitCode !== null) throw new Error(`the dashboard ended:\n${this.#printed}`);
    }
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** As Ctrl-C does; resolves to the exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT');
    await this.#ended;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.stop();
    assertKeepsSecrets(this.#printed, 'the dashboard');
  }
}
