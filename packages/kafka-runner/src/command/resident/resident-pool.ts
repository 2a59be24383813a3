import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../../errors.ts';
import type { Logger } from '../../logging/logger.ts';
import { untilAborted } from '../../until-aborted.ts';
import type { Command, CommandResult } from '../run-command.ts';
import { ResidentEvents, type ReplaceReason } from './resident-events.ts';
import type { ResidentProgram, RunContext } from './resident-program.ts';

export interface PoolSettings {
  /** How many commands run at a time. One program more is kept ready, so that nobody waits for a start. */
  readonly size: number;
  /** A program that has run so many commands is replaced. */
  readonly recycleAfter: number;
  /** A program that has grown beyond this is replaced, bytes. */
  readonly maxMemoryBytes: number;
  readonly start: () => Promise<ResidentProgram>;
  readonly events?: ResidentEvents | undefined;
  readonly logger: Logger;
}

/** How long a program may take until it can take commands. */
const startTimeoutMs = 60_000;

/**
 * Programs that run commands one after the other. One is replaced when it dies, when its command was aborted or failed, when
 * it says so, and when it has run long or grown much.
 */
export class ResidentPool implements AsyncDisposable {
  readonly #settings: PoolSettings;
  readonly #events: ResidentEvents;
  readonly #all = new Set<ResidentProgram>();
  /** Those that are on their way out. */
  readonly #leaving = new Set<ResidentProgram>();
  #idle: ResidentProgram[] = [];
  readonly #waiting = new Set<PromiseWithResolvers<ResidentProgram>>();
  #starting: Promise<void> | undefined;
  #isClosed = false;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
    this.#events = settings.events ?? new ResidentEvents();
    this.#refill();
  }

  /** Runs a command as a process of its own would. Throws UnavailableError `machine-exhausted` when no program starts. */
  async run(argv: Command, context: RunContext): Promise<CommandResult> {
    const program = await this.#take(context.signal);
    let trouble: ReplaceReason | undefined = 'stopped';
    try {
      const { reusable, ...result } = await program.run(argv, context);
      trouble = reusable ? undefined : 'unclean';
      return result;
    } finally {
      this.#giveBack(program, trouble);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting) reject(workerStops());
    await Promise.all([...this.#all].map((program) => program[Symbol.asyncDispose]()));
    await this.#starting;
  }

  async #take(signal: AbortSignal): Promise<ResidentProgram> {
    if (this.#isClosed) throw workerStops();
    // One may have died a moment ago: no command is to be charged with that.
    for (let program = this.#idle.shift(); program; program = this.#idle.shift()) {
      if (program.isAlive) return program;
      this.#replaced('died');
    }
    const waiting = Promise.withResolvers<ResidentProgram>();
    this.#waiting.add(waiting);
    this.#refill();
    try {
      return await untilAborted(waiting.promise, signal);
    } catch (error) {
      // It may have come at the same moment.
      if (!this.#waiting.delete(waiting)) void waiting.promise.then((late) => this.#offer(late));
      throw error;
    }
  }

  /** @param trouble why its command leaves it unfit for another one, if it does */
  #giveBack(program: ResidentProgram, trouble: ReplaceReason | undefined): void {
    const { commands } = program;
    const rssBytes = program.rssBytes();
    const reason = this.#whyReplace(program, rssBytes, trouble);
    if (reason === undefined) this.#offer(program);
    else {
      this.#settings.logger.debug({ commands, rssBytes, reason }, 'resident program replaced');
      this.#replaced(reason);
      if (this.#all.has(program)) this.#leaving.add(program);
      void program[Symbol.asyncDispose]();
    }
    this.#refill();
  }

  #whyReplace(program: ResidentProgram, rssBytes: number, trouble?: ReplaceReason): ReplaceReason | undefined {
    const { recycleAfter, maxMemoryBytes } = this.#settings;
    if (trouble === 'stopped') return trouble;
    if (!program.isAlive) return 'died';
    if (trouble !== undefined) return trouble;
    if (program.commands >= recycleAfter) return 'old';
    return rssBytes > maxMemoryBytes ? 'grown' : undefined;
  }

  /** None takes its place when the worker stops. */
  #replaced(reason: ReplaceReason): void {
    if (!this.#isClosed) this.#events.emit('replaced', reason);
  }

  /** The one that was used last is used next: its memory is warm, and what it has open may be wanted again. */
  #offer(program: ResidentProgram): void {
    // Whoever waits gets the next one, as soon as this one's end is known.
    if (!program.isAlive) return;
    const [waiting] = this.#waiting;
    if (waiting) {
      this.#waiting.delete(waiting);
      waiting.resolve(program);
    } else if (program.commands > 0) this.#idle.unshift(program);
    else this.#idle.push(program);
  }

  /** One start after the other: each needs a whole core. */
  #refill(): void {
    if (this.#isClosed || this.#starting || this.#all.size - this.#leaving.size > this.#settings.size) return;
    this.#starting = this.#startNext();
  }

  async #startNext(): Promise<void> {
    const fault = await this.#startOne();
    this.#starting = undefined;
    // One that does not start is tried again when somebody asks.
    if (!this.#isClosed) this.#events.emit('started', fault ? 'failed' : 'ready');
    if (fault) this.#refuse(fault);
    else this.#refill();
  }

  /** What kept it from starting, if anything did. */
  async #startOne(): Promise<Error | undefined> {
    try {
      const program = await this.#settings.start();
      this.#all.add(program);
      void program.ended.then(() => this.#forget(program));
      if (this.#isClosed) await program[Symbol.asyncDispose]();
      await readyInTime(program);
      this.#offer(program);
      return undefined;
    } catch (cause) {
      return cause as Error;
    }
  }

  #forget(program: ResidentProgram): void {
    this.#all.delete(program);
    this.#leaving.delete(program);
    if (this.#idle.includes(program)) this.#replaced('died');
    this.#idle = this.#idle.filter((other) => other !== program);
    // Who came while it was on its way out waits for another one.
    if (this.#waiting.size > 0) this.#refill();
  }

  #refuse(cause: Error): void {
    if (this.#isClosed) return;
    const what = `the resident program does not start: ${cause.message}`;
    this.#settings.logger.warn({ code: 'machine-exhausted' }, what);
    const error = new UnavailableError('machine-exhausted', what, { cause });
    for (const { reject } of this.#waiting) reject(error);
  }
}

function workerStops(): UnavailableError {
  return new UnavailableError('machine-exhausted', 'the worker stops');
}

async function readyInTime(program: ResidentProgram): Promise<void> {
  const over = new AbortController();
  const late = sleep(startTimeoutMs, undefined, { signal: over.signal }).then(
    () => Promise.reject(new Error(`it said nothing for ${startTimeoutMs / 1_000} s`)),
    () => undefined,
  );
  try {
    await Promise.race([program.ready, late]);
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  } finally {
    over.abort();
  }
}
