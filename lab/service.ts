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

const readyWithinMs = 60_000;
const stopWithinMs = 20_000;

/** A server of the lab that can be stopped and started again, with the same data and the same addresses. */
export class Service {
  readonly #definition: ServiceDefinition;
  #child: ChildProcess | undefined;

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
    child.once('exit', (code, signal) => this.#onExit(child, signal ?? `exit code ${code}`));
    await this.#untilReady(child);
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
      if (this.#child !== child)
        throw new Error(`${this.#definition.name} ended while it started.\n${this.#logTail()}`);
      if (performance.now() > giveUpAt)
        throw new Error(`${this.#definition.name} does not answer.\n${this.#logTail()}`);
      await sleep(25);
    }
  }

  #onExit(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    console.error(`lab: ${this.#definition.name} ended by itself (${how}).\n${this.#logTail()}`);
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    this.#child = undefined;
    child.ref();
    const ended = once(child, 'exit');
    const group = -child.pid;
    process.kill(group, signal);
    const inTime = await Promise.race([ended, sleep(stopWithinMs, 'late', { ref: false })]);
    if (inTime !== 'late') return;
    process.kill(group, 'SIGKILL');
    await ended;
  }

  #logTail(): string {
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-20);
    return [`The end of ${this.logFile}:`, ...lines.map((line) => `  | ${line}`)].join('\n');
  }
}
