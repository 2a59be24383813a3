import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { memberVariable } from './guardian.ts';

/** How to run one server of the lab, and how to find out that it serves. */
export interface ServiceDefinition {
  readonly name: string;
  readonly labFolder: string;
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it answers as its clients need it. */
  isReady(): Promise<boolean>;
}

const readyWithinMs = 90_000;
const stopWithinMs = 20_000;

/** A server of the lab that can be stopped and started again, with the same data and the same addresses. */
export class Service implements AsyncDisposable {
  readonly #definition: ServiceDefinition;
  #child: ChildProcess | undefined;
  #hasServed = false;

  constructor(definition: ServiceDefinition) {
    this.#definition = definition;
  }

  /** The file with what the server prints, over all its starts. */
  get logFile(): string {
    return join(this.#definition.labFolder, `${this.#definition.name}.log`);
  }

  /** Starts the server and waits until it serves; nothing happens when it runs. */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const child = this.#spawn();
    this.#child = child;
    this.#hasServed = false;
    child.once('exit', (code, signal) => this.#onExit(child, signal ?? `exit code ${code}`));
    await this.#untilReady(child);
    this.#hasServed = true;
    child.unref();
  }

  /** Ends the server as an operator does (SIGTERM, SIGKILL after 20 s) and waits until it is gone. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends the server as a power cut does and waits until it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  /** In a session of its own: a Ctrl-C at the terminal is for the owner of the lab, which then ends it in order. */
  #spawn(): ChildProcess {
    const { argv, env, labFolder } = this.#definition;
    const [program, ...args] = argv;
    const output = openSync(this.logFile, 'a');
    const memberEnv = { ...process.env, ...env, [memberVariable]: labFolder };
    const child = spawn(program, args, {
      cwd: labFolder,
      detached: true,
      env: memberEnv,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    return child;
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    await once(child, 'spawn');
    const giveUpAt = performance.now() + readyWithinMs;
    while (!(await this.#definition.isReady())) {
      if (this.#child !== child) throw this.#failure('ended while it started');
      if (performance.now() > giveUpAt) throw this.#failure(`does not answer after ${readyWithinMs / 1000} s`);
      await sleep(25);
    }
  }

  #onExit(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (this.#hasServed) console.error(this.#failure(`ended by itself (${how})`).message);
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.ref();
    const ended = once(child, 'exit');
    child.kill(signal);
    const inTime = await Promise.race([ended, sleep(stopWithinMs, 'late', { ref: false })]);
    if (inTime !== 'late') return;
    child.kill('SIGKILL');
    await ended;
  }

  #failure(what: string): Error {
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-20);
    const tail = lines.map((line) => `  | ${line}`).join('\n');
    return new Error(`lab: ${this.#definition.name} ${what}. The end of ${this.logFile}:\n${tail}`);
  }
}
