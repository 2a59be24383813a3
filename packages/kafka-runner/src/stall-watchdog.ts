import type { ConsumedRecord, Consumer, StartPosition, TopicPartition } from './broker/port.ts';
import type { Logger } from './logging/logger.ts';
import { RestartError } from './restart-error.ts';

/** What a worker is at, for the log. */
export interface WorkerState {
  readonly freeSlots: number;
  /** Jobs that have arrived and are not under way. */
  readonly waiting: number;
  readonly underWay: number;
}

export interface WatchdogSettings {
  readonly timeoutMs: number;
  readonly ends: Consumer['ends'];
  readonly state: () => WorkerState;
  readonly logger: Logger;
}

/**
 * Notices a worker that does nothing though there is something to do: slots are free, records are there, and none is
 * begun for a long time. No trouble that we know of does this; a client that has lost its way would.
 *
 * One instance sees all lives of the consumer: the end of a partition that a new consumer did not get past either is a
 * transaction marker, and no reason for another one.
 */
export class StallWatchdog {
  readonly #seen = new Map<string, number>();
  #lastMs = performance.now();
  #stalls = 0;

  /** How often it has found a stall. */
  get stalls(): number {
    return this.#stalls;
  }

  /** Partitions have come: what lies before their positions is done. */
  assigned(partitions: readonly StartPosition[]): void {
    this.moved();
    for (const { offset = 0, ...named } of partitions) this.#see(named, offset);
  }

  /** A record has arrived. */
  arrived({ topic, partition, offset }: ConsumedRecord): void {
    this.moved();
    this.#see({ topic, partition }, offset + 1);
  }

  /** Something goes on: a job has begun or ended. */
  moved(): void {
    this.#lastMs = performance.now();
  }

  /** Rejects with RestartError at a stall. Stops when the signal is aborted. */
  async watch(settings: WatchdogSettings, signal: AbortSignal): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>();
    this.moved();
    const timer = setInterval(() => {
      this.#look(settings).then((stall) => stall && reject(stall), reject);
    }, settings.timeoutMs / 4);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    return await promise.finally(() => clearInterval(timer));
  }

  async #look({ timeoutMs, ends, state, logger }: WatchdogSettings): Promise<RestartError | undefined> {
    const { freeSlots, waiting, underWay } = state();
    const silentMs = performance.now() - this.#lastMs;
    if (freeSlots === 0 || silentMs < timeoutMs) return undefined;
    // Jobs that have arrived may have to wait for one that runs alone.
    const isStuck = waiting > 0 && underWay === 0;
    // While jobs wait, the partitions may be paused: what has not arrived then is no wonder.
    const undelivered = waiting > 0 ? [] : await this.#undelivered(ends, logger);
    if (!isStuck && undelivered.length === 0) return undefined;
    this.#stalls += 1;
    const what = `nothing was begun for ${Math.round(silentMs / 1_000)} s though there is work: the consumer is made anew`;
    logger.error({ code: 'stalled', ...state(), undelivered, stalls: this.#stalls }, what);
    return new RestartError(what);
  }

  /** Ends of partitions beyond what has arrived, each told once. An unreachable broker is another trouble. */
  async #undelivered(ends: Consumer['ends'], logger: Logger): Promise<string[]> {
    try {
      return (await ends()).flatMap(({ offset = 0, ...named }) => {
        const seen = this.#seen.get(key(named)) ?? 0;
        this.#see(named, offset);
        return offset > seen ? [`${key(named)}@${offset}`] : [];
      });
    } catch (error) {
      logger.debug({ err: error }, 'cannot ask for the ends of the partitions; the next time will do');
      return [];
    }
  }

  #see(named: TopicPartition, offset: number): void {
    this.#seen.set(key(named), Math.max(offset, this.#seen.get(key(named)) ?? 0));
  }
}

function key({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
