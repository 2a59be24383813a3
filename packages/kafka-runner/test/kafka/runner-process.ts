import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertKeepsSecrets } from '../../../../lab/secrets.ts';
import type { KafkaRunnerOptions } from '../../src/options.ts';

/** One line that a runner logged; what is no JSON has only a message. */
export interface LogLine {
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the last signal that was sent, or from the start. */
  readonly tookMs: number;
}

export interface RunnerStart {
  /** A program of the fixtures, which takes its options as JSON; default: one whose jobs are TestJobs. */
  readonly fixture?: string;
  /** A file with the milliseconds by which its clock is wrong; see `fixtures/set-clock.ts`. */
  readonly clockFile?: string;
  /** Where it dies; see `fixtures/fail-points.ts`. */
  readonly failPoint?: string;
  /** After how many messages its first consumer is mute; see `fixtures/mute-consumer.ts`. */
  readonly muteAfter?: number;
  /** Then its polls are not answered either. */
  readonly mutePolls?: boolean;
  /** A program that runs the runner, with its own arguments: the runner is what it becomes. */
  readonly before?: readonly string[];
}

const patienceMs = 30_000;

/** A runner in a process of its own, so that signals are real; killed when the test is over. */
export class RunnerProcess {
  readonly lines: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;
  readonly #waiting = new Set<() => void>();
  #sinceMs = performance.now();
  #text = '';
  #printed = '';

  constructor(t: TestContext, options: KafkaRunnerOptions, start: RunnerStart = {}) {
    const { fixture = 'test-runner.ts', failPoint, clockFile, muteAfter, mutePolls, before = [] } = start;
    const file = (name: string): string => path.join(import.meta.dirname, '../fixtures', name);
    const preload = [
      ...(failPoint === undefined ? [] : ['--import', file('fail-points.ts')]),
      ...(clockFile === undefined ? [] : ['--import', file('set-clock.ts')]),
      ...(muteAfter === undefined ? [] : ['--import', file('mute-consumer.ts')]),
    ];
    const node = [process.execPath, '--conditions=kafka-runner-source', ...preload];
    const [program, ...args] = [...before, ...node, file(fixture), JSON.stringify(options)];
    const env = {
      ...{ ...process.env, FAIL_POINT: failPoint, CLOCK_FILE: clockFile, MUTE_AFTER: muteAfter?.toString() },
      ...(mutePolls && { MUTE_POLLS: '1' }),
    };
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.#child = child;
    this.#exit = once(child, 'exit');
    createInterface(child.stderr).on('line', (line) => this.#note(line));
    child.stdout.on('data', (chunk) => (this.#printed += String(chunk)));
    t.after(async () => {
      await this.kill();
      assertKeepsSecrets(this.#printed + this.#text, 'a runner');
    });
  }

  /** All that it logged, as it was written. */
  get text(): string {
    return this.#text;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** What it is called in events, orders and headers. */
  get name(): string {
    return `${hostname()}-${this.pid}`;
  }

  /** Resolves to the first line so far or to come that matches; there have to be `count` of them. */
  async logged(message: RegExp, count = 1): Promise<LogLine> {
    const matching = (): LogLine[] => this.lines.filter((line) => message.test(line.message));
    const giveUpAt = performance.now() + patienceMs;
    while (matching().length < count) {
      if (performance.now() > giveUpAt || this.#child.exitCode !== null) {
        throw new Error(
          `the runner did not log ${message} ${count} times:\n${this.lines.map(({ message: m }) => m).join('\n')}`,
        );
      }
      await this.#nextLine();
    }
    return matching()[count - 1] as LogLine;
  }

  /** Sends a signal, to this process only. */
  signal(signal: NodeJS.Signals): void {
    this.#sinceMs = performance.now();
    this.#child.kill(signal);
  }

  /** Resolves when SIGSTOP has stopped it. */
  async stopped(): Promise<void> {
    const giveUpAt = performance.now() + patienceMs;
    while (!/^State:\s+T/m.test(readFileSync(`/proc/${this.pid}/status`, 'utf8'))) {
      if (performance.now() > giveUpAt) throw new Error(`nothing has stopped the runner:\n${this.text.slice(-4_000)}`);
      await sleep(20);
    }
  }

  /** Resolves when the process has ended. */
  async end(): Promise<ProcessEnd> {
    const [exitCode, signal] = (await this.#exit) as [number | null, NodeJS.Signals | null];
    return { exitCode, signal, tookMs: performance.now() - this.#sinceMs };
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<ProcessEnd> {
    this.signal(signal);
    return await this.end();
  }

  async kill(): Promise<void> {
    await this.stop('SIGKILL');
  }

  #note(line: string): void {
    this.#text += `${line}\n`;
    this.lines.push(parseLine(line));
    for (const wake of this.#waiting) wake();
  }

  /** The next line, or half a second. */
  async #nextLine(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, 500);
    this.#waiting.add(resolve);
    await promise;
    this.#waiting.delete(resolve);
    clearTimeout(timer);
  }
}

function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { message: line };
  }
}
