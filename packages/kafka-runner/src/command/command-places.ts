import pLimit from 'p-limit';
import { InterruptedError } from '../errors.ts';
import { untilAborted } from '../until-aborted.ts';

/** The worker stops: a job that waits for its place gets none, while others may still end. */
export class NoPlaceError extends InterruptedError {}

/** Where a command runs, until it is disposed of. */
export interface Place extends Disposable {
  /** From 0; no two commands that run have the same, and the lowest that is free is taken. */
  readonly number: number;
}

/** Places for commands that run at a time; who waits for one is served in the order of coming. */
export class CommandPlaces {
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #closed = new AbortController();
  readonly #taken: boolean[];

  constructor(count: number) {
    this.#limit = pLimit(count);
    this.#taken = Array.from({ length: count }, () => false);
  }

  /** Waits for a place, which is free again when what is returned is disposed of. Throws the signal's reason, or what `close` was given. */
  async enter(signal: AbortSignal): Promise<Place> {
    const [entered, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    void this.#limit(async () => {
      entered.resolve();
      await left.promise;
    });
    try {
      await untilAborted(entered.promise, AbortSignal.any([signal, this.#closed.signal]));
    } catch (error) {
      left.resolve();
      throw error;
    }
    return this.#take(left.resolve);
  }

  /** How many are taken. */
  get busy(): number {
    return this.#taken.filter(Boolean).length;
  }

  #take(leave: () => void): Place {
    const number = this.#taken.indexOf(false);
    this.#taken[number] = true;
    return {
      number,
      [Symbol.dispose]: () => {
        this.#taken[number] = false;
        leave();
      },
    };
  }

  /** Nobody gets a place any more; who has one keeps it. */
  close(reason: NoPlaceError): void {
    this.#closed.abort(reason);
  }
}
