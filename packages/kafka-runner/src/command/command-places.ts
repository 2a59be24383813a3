import pLimit from 'p-limit';
import { InterruptedError } from '../errors.ts';
import { untilAborted } from '../until-aborted.ts';

/** The worker stops: a job that waits for its place gets none, while others may still end. */
export class NoPlaceError extends InterruptedError {}

/** Places for commands that run at a time; who waits for one is served in the order of coming. */
export class CommandPlaces {
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #closed = new AbortController();

  constructor(count: number) {
    this.#limit = pLimit(count);
  }

  /** Waits for a place, which is free again when what is returned is disposed of. Throws the signal's reason, or what `close` was given. */
  async enter(signal: AbortSignal): Promise<Disposable> {
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
    return { [Symbol.dispose]: () => left.resolve() };
  }

  /** Nobody gets a place any more; who has one keeps it. */
  close(reason: NoPlaceError): void {
    this.#closed.abort(reason);
  }
}
