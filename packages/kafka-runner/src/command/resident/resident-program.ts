import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Readable, Writable } from 'node:stream';
import type { JobFolder } from '../../job-folders.ts';
import type { Logger } from '../../logging/logger.ts';
import type { CommandOutput } from '../command-output.ts';
import type { CommandPause } from '../command-pause.ts';
import type { Guardian } from '../guardian.ts';
import { LineSplitter } from '../lines.ts';
import { killMarked, markVariable, signalGroup, treeRssBytes } from '../process-tree.ts';
import type { Command, CommandResult } from '../run-command.ts';
import type { JobPlace, LentPlace, ProgramView } from '../sandbox/program-view.ts';
import { parseFromProgram, type CommandEnded, type FromProgram, type ToProgram } from './resident-protocol.ts';

export interface ProgramContext {
  readonly cwd: string;
  /** What it sees of the worker's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What it sees of jobs, when it is in a sandbox. */
  readonly view?: ProgramView;
  /** The program's own, its `TMPDIR` within; goes with it. */
  readonly folder: JobFolder;
  /** Marks its process tree; unique (see `process-tree.ts`). */
  readonly mark: string;
  readonly guardian: Pick<Guardian, 'watch'>;
  readonly logger: Logger;
}

/** Who gets what the program prints while it is at a command. */
export interface RunContext {
  readonly signal: AbortSignal;
  /** Aborted when the command has to go at once; a resident program always does. */
  readonly hurry?: AbortSignal;
  readonly output: CommandOutput;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Lets the program stand still and go on. */
  readonly pause?: Pick<CommandPause, 'watch'>;
  /** What a program in a sandbox is to have meanwhile. */
  readonly place?: JobPlace;
}

/** Turns of the event loop in which what a program has printed is still read after its command's end. */
const maxReadingTurns = 50;

/** A process that runs one command after the other, and with it everything that it starts. */
export class ResidentProgram implements AsyncDisposable {
  /** Resolves when it can take commands; rejects when it ends before, with what it printed last. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone, with what it started; never rejects. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #mark: string;
  readonly #view: ProgramView | undefined;
  readonly #ready = Promise.withResolvers<void>();
  #listener: RunContext | undefined;
  #answer: PromiseWithResolvers<CommandEnded | undefined> | undefined;
  readonly #outputs: LineSplitter[] = [];
  #lastLines: string[] = [];
  #chunks = 0;
  #commands = 0;
  #isAlive = true;

  constructor([program = '', ...args]: Command, context: ProgramContext) {
    const { cwd, environment, folder, mark, view } = context;
    const env = { ...environment, TMPDIR: folder.tmp, [markVariable]: mark };
    const stdio = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] as const;
    this.#mark = mark;
    this.#view = view;
    this.#child = spawn(program, args, { cwd, env, detached: true, stdio: [...stdio] });
    this.ready = this.#ready.promise;
    // Whoever waits for it hears of it.
    this.ready.catch(() => undefined);
    this.ended = this.#watch(context);
  }

  /** How many commands it has run. */
  get commands(): number {
    return this.#commands;
  }

  /** False from the moment that the process has ended. */
  get isAlive(): boolean {
    const { exitCode, signalCode } = this.#child;
    return this.#isAlive && exitCode === null && signalCode === null;
  }

  /** Its resident memory, with what it has started; 0 when it is gone. */
  rssBytes(): number {
    return this.#child.pid === undefined ? 0 : treeRssBytes(this.#child.pid);
  }

  /**
   * Runs a command, one at a time. When the program dies over it, the result says how, with no exit code when that was 0:
   * it did not say that the command had succeeded. When the signal is aborted, the program is ended, and the signal's
   * reason is thrown.
   */
  async run(argv: Command, context: RunContext): Promise<CommandResult & { readonly reusable: boolean }> {
    context.signal.throwIfAborted();
    using lent = context.place && (await this.#view?.lend(context.place));
    return await this.#runWith(lent, argv, context);
  }

  async #runWith(
    lent: LentPlace | undefined,
    argv: Command,
    context: RunContext,
  ): Promise<CommandResult & { readonly reusable: boolean }> {
    const { signal } = context;
    signal.throwIfAborted();
    const startedMs = performance.now();
    const kill = (): void => this.#kill();
    signal.addEventListener('abort', kill, { once: true });
    this.#answer = Promise.withResolvers();
    this.#listener = context;
    this.#commands += 1;
    using _pausable =
      this.#isAlive && this.#child.pid !== undefined ? context.pause?.watch(this.#child.pid) : undefined;
    try {
      if (this.#isAlive) this.#say({ command: { id: this.#commands, argv } });
      else this.#answer.resolve(undefined);
      const ended = await this.#answer.promise;
      await this.#readTheRest();
      // A last line without an end is this command's, not the next one's.
      for (const output of this.#outputs) output.end();
      signal.throwIfAborted();
      const elapsedSeconds = (performance.now() - startedMs) / 1_000;
      const isClean = lent?.takeBack() ?? true;
      if (ended) return { exitCode: ended.exitCode, signal: null, elapsedSeconds, reusable: ended.reusable && isClean };
      const { exitCode, signalCode } = this.#child;
      return { exitCode: exitCode || null, signal: signalCode, elapsedSeconds, reusable: false };
    } finally {
      signal.removeEventListener('abort', kill);
      this.#listener = undefined;
      this.#answer = undefined;
    }
  }

  /** Ends it and everything that it has started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await this.ended;
  }

  #kill(): void {
    if (this.#child.pid !== undefined) signalGroup(this.#child.pid, 'SIGKILL');
  }

  #say(message: ToProgram): void {
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify(message)}\n`);
  }

  #read(): void {
    const [, stdout, stderr, commands, answers] = this.#child.stdio as [null, Readable, Readable, Writable, Readable];
    this.#outputs.push(
      this.#readLines(stdout, (line) => this.#printed(line, 'stdout')),
      this.#readLines(stderr, (line) => this.#printed(line, 'stderr')),
    );
    this.#readLines(answers, (line) => this.#heard(parseFromProgram(line)));
    stdout.on('data', (chunk: Buffer) => this.#listener?.output.addText(chunk));
    // It may die at any moment: its end tells.
    for (const stream of [stdout, stderr, commands, answers]) stream.on('error', () => undefined);
  }

  #readLines(stream: Readable, onLine: (line: string) => void): LineSplitter {
    const splitter = new LineSplitter(onLine);
    stream.on('data', (chunk: Buffer) => {
      this.#chunks += 1;
      splitter.push(chunk);
    });
    stream.on('end', () => splitter.end());
    return splitter;
  }

  #printed(line: string, stream: 'stdout' | 'stderr'): void {
    this.#listener?.output.addLine(line);
    this.#listener?.onLine(line, stream);
    if (this.#commands === 0) this.#lastLines = [...this.#lastLines.slice(-4), line];
  }

  #heard(message: FromProgram | undefined): void {
    if (message === undefined) return;
    if ('ready' in message) this.#ready.resolve();
    // What a command leaves behind may speak later: only the present one counts.
    else if (message.ended.id === this.#commands) this.#answer?.resolve(message.ended);
  }

  /** What it wrote before its answer is in the pipes already. */
  async #readTheRest(): Promise<void> {
    for (let turn = 0, before = -1; turn < maxReadingTurns && before !== this.#chunks; turn += 1) {
      before = this.#chunks;
      await nextTurn();
    }
  }

  async #watch({ guardian, folder, logger }: ProgramContext): Promise<void> {
    const child = this.#child;
    try {
      // Without file descriptors left there are no pipes either.
      if (child.pid === undefined) return this.#ready.reject(await failedStart(child));
      this.#read();
      using _watched = guardian.watch(child.pid);
      await once(child, 'exit');
      await this.#readTheRest();
      const how = child.signalCode ?? `exit code ${child.exitCode}`;
      this.#ready.reject(new Error(`it ended with ${how}; its last lines: ${this.#lastLines.join(' | ')}`));
      signalGroup(child.pid, 'SIGKILL');
      await killMarked(this.#mark);
    } catch (error) {
      logger.warn(
        { err: error },
        'what a resident program has started could not be looked for: it ends with the worker',
      );
    } finally {
      this.#isAlive = false;
      this.#answer?.resolve(undefined);
      for (const stream of child.stdio ?? []) stream?.destroy();
      await removeFolder(folder, logger);
    }
  }
}

/** What cannot be removed goes at the end of the worker. */
async function removeFolder(folder: JobFolder, logger: Logger): Promise<void> {
  try {
    await folder[Symbol.asyncDispose]();
  } catch (error) {
    logger.warn({ err: error }, 'the folder of a resident program could not be removed');
  }
}

async function failedStart(child: ChildProcess): Promise<Error> {
  const [error] = (await once(child, 'error')) as [Error];
  return error;
}
