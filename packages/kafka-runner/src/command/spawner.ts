import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { FailedError, UnavailableError } from '../errors.ts';
import { outletNumberLength, type SpawnerAnswer, type StartRequest } from './spawner-process.ts';

/** A running command. */
export interface StartedCommand {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Rejects with FailedError `command-lost` when the process that started it is gone. */
  readonly ended: Promise<CommandEnd>;
}

interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Beside this module: `.ts` in the sources, `.js` in the package. */
const program = path.join(import.meta.dirname, `spawner-process${path.extname(import.meta.filename)}`);

interface Waiting {
  readonly started: PromiseWithResolvers<StartedCommand>;
  readonly ended: PromiseWithResolvers<CommandEnd>;
}

/**
 * Starts commands from a small process of its own: a fork takes the longer the more memory the forking process has, and
 * the worker's event loop stands meanwhile (decision 7 has the numbers).
 * Outputs come straight from the command, over sockets that this process only hands on.
 */
export class Spawner implements Disposable {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'kafka-runner-'));
  readonly #server = net.createServer((socket) => this.#greet(socket));
  readonly #outputs = new Map<number, PromiseWithResolvers<net.Socket>>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #listening: Promise<void>;
  #process: ChildProcess | undefined;
  #asked = 0;

  constructor() {
    this.#listening = new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(this.#socketPath(), resolve);
    });
    this.#server.unref();
  }

  /** Throws what `child_process.spawn` would, or UnavailableError `machine-exhausted`. */
  async start(argv: StartRequest['argv'], place: Pick<StartRequest, 'cwd' | 'env'>): Promise<StartedCommand> {
    await this.#listening;
    this.#asked += 1;
    const waiting = { started: Promise.withResolvers<StartedCommand>(), ended: Promise.withResolvers<CommandEnd>() };
    // Who waits for the end hears of it; until the start is known nobody does.
    waiting.ended.promise.catch(() => undefined);
    this.#waiting.set(this.#asked, waiting);
    this.#ask({ id: this.#asked, argv, ...place });
    return await waiting.started.promise;
  }

  [Symbol.dispose](): void {
    if (this.#process?.connected) this.#process.disconnect();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #socketPath(): string {
    return path.join(this.#folder, 'outputs');
  }

  #ask(request: StartRequest): void {
    this.#process ??= this.#fork();
    this.#process.channel?.ref();
    const child = this.#process;
    child.send(request, (error) => error && this.#lose(child, error));
  }

  #fork(): ChildProcess {
    this.#outputs.clear();
    const child = fork(program, [this.#socketPath()], {
      execArgv: [],
      detached: true,
      // Commands bring their own, and a program of the same user can read this one.
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.unref();
    child.on('message', (answer: SpawnerAnswer) => void this.#hear(answer));
    child.once('error', (error) => this.#lose(child, error));
    child.once('exit', (code, signal) => this.#lose(child, new Error(`it ended with ${signal ?? code}`)));
    return child;
  }

  /** The next command gets a new process; those that run are lost sight of, and ended by who waits for them. */
  #lose(child: ChildProcess, cause: Error): void {
    // What a former one says late is not about its successor.
    if (this.#process !== child) return;
    this.#process = undefined;
    const what = `the process that starts commands is gone: ${cause.message}`;
    const notStarted = new UnavailableError('machine-exhausted', what, { cause });
    // A command that runs may itself have killed it: such an attempt counts.
    const lost = new FailedError('command-lost', `${what}, and with it the command`, { cause });
    for (const { started, ended } of this.#waiting.values()) {
      started.reject(notStarted);
      ended.reject(lost);
    }
    this.#waiting.clear();
  }

  async #hear(answer: SpawnerAnswer): Promise<void> {
    const waiting = this.#waiting.get(answer.id);
    if (answer.kind !== 'started') this.#forget(answer.id);
    switch (answer.kind) {
      case 'started': {
        const [stdout, stderr] = await Promise.all(answer.outputs.map((number) => this.#takeOutput(number)));
        if (stdout && stderr)
          waiting?.started.resolve({ pid: answer.pid, stdout, stderr, ended: waiting.ended.promise });
        return;
      }
      case 'refused':
        return waiting?.started.reject(Object.assign(new Error(answer.message), { code: answer.code }));
      case 'ended':
        return waiting?.ended.resolve({ exitCode: answer.exitCode, signal: answer.signal });
      default:
        answer satisfies never;
    }
  }

  #forget(id: number): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#process?.channel?.unref();
  }

  /** A new connection names itself by its number. */
  #greet(socket: net.Socket): void {
    socket.unref();
    socket.once('error', () => socket.destroy());
    socket.once('readable', () => {
      const number = Number(String(socket.read(outletNumberLength) ?? ''));
      this.#output(number).resolve(socket);
    });
  }

  async #takeOutput(number: number): Promise<net.Socket> {
    const socket = await this.#output(number).promise;
    this.#outputs.delete(number);
    return socket.ref();
  }

  #output(number: number): PromiseWithResolvers<net.Socket> {
    const known = this.#outputs.get(number);
    if (known) return known;
    const output = Promise.withResolvers<net.Socket>();
    this.#outputs.set(number, output);
    return output;
  }
}
