import { UnavailableError } from './errors.ts';

/** Faults of the worker's machine that a wait may mend, but that no other worker has. A full disk holds jobs back by itself. */
export const machineFaultCodes: ReadonlySet<string> = new Set(['local-file-failed', 'machine-exhausted']);

/** Counts attempts that fail one after the other because of the worker's own machine. A backlog is not its to fail. */
export class MachineFaults {
  readonly #limit: number;
  readonly #onLimit: (error: Error) => void;
  readonly #onFault: (code: string) => void;
  /** Several jobs may wait for the same thing, and fail with it at once. */
  readonly #counted = new WeakSet<Error>();
  #inARow = 0;

  /**
   * @param onLimit called when there were `limit` in a row: the machine is of no use
   * @param onFault called for each
   */
  constructor(limit: number, onLimit: (error: Error) => void, onFault: (code: string) => void = () => undefined) {
    this.#limit = limit;
    this.#onLimit = onLimit;
    this.#onFault = onFault;
  }

  /** A command was run, with whatever success: the machine is not to blame. */
  worked(): void {
    this.#inARow = 0;
  }

  /** An attempt has failed. */
  failed(error: unknown): void {
    if (!(error instanceof UnavailableError) || !machineFaultCodes.has(error.code) || this.#counted.has(error)) return;
    this.#counted.add(error);
    this.#inARow += 1;
    this.#onFault(error.code);
    if (this.#inARow !== this.#limit) return;
    const what = `${this.#limit} attempts in a row have failed because of this machine, the last one: ${error.message}`;
    this.#onLimit(
      new UnavailableError(error.code, `${what}. The worker stops, and its jobs are kept`, { cause: error }),
    );
  }
}
