import type { ConsumedRecord, Consumer, StartPosition, TopicPartition } from './broker/port.ts';
import { partitionName } from './broker/partition-name.ts';
import type { Logger } from './logging/logger.ts';
import { RestartError } from './restart-error.ts';

/** What a worker is at, for the log. */
export interface WorkerState {
  readonly freeSlots: number;
  /** Jobs that have arrived and are not under way. */
  readonly waiting: number;
  /** Whether the partitions are paused. */
  readonly paused: boolean;
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
 * One instance sees all lives of the consumer.
 */
export class StallWatchdog {
  /** For each partition how far the client has got, and where the partition ended when it was last looked at. */
  readonly #seen = new Map<string, number>();
  readonly #ends = new Map<string, number>();
  #lastMs = performance.now();
  #stalls = 0;
  #isStalled = false;

  /** How often it has found a stall. */
  get stalls(): number {
    return this.#stalls;
  }

  /** Whether it has found one, and nothing has moved since. */
  get isStalled(): boolean {
    return this.#isStalled;
  }

  /** Partitions have come: what lies before their positions is done. */
  assigned(partitions: readonly StartPosition[]): void {
    this.moved();
    for (const { offset = 0, ...named } of partitions) {
      this.#seen.set(partitionName(named), offset);
      this.#ends.delete(partitionName(named));
    }
  }

  /** A record has arrived. */
  arrived({ topic, partition, offset }: ConsumedRecord): void {
    this.moved();
    this.#see({ topic, partition }, offset + 1);
  }

  /** The client has come to the end of a partition, behind what is never delivered: markers, aborted records. */
  endReached({ offset, ...named }: TopicPartition & { readonly offset: number }): void {
    this.#see(named, offset);
  }

  /** Something goes on: a job has begun or ended. */
  moved(): void {
    this.#isStalled = false;
    this.#lastMs = performance.now();
  }

  /** Rejects with RestartError at a stall. Stops when the signal is aborted. */
  async watch(settings: WatchdogSettings, signal: AbortSignal): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>();
    this.moved();
    // A broker may take longer than that to answer, and two looks would find one stall twice.
    let looking: Promise<void> | undefined;
    const look = async (): Promise<void> => {
      const stall = await this.#look(settings);
      looking = undefined;
      if (stall) reject(stall);
    };
    const timer = setInterval(() => {
      looking ??= look().catch(reject);
    }, settings.timeoutMs / 4);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    return await promise.finally(() => clearInterval(timer));
  }

  async #look({ timeoutMs, ends, state, logger }: WatchdogSettings): Promise<RestartError | undefined> {
    const { freeSlots, waiting, paused, underWay } = state();
    const silentMs = performance.now() - this.#lastMs;
    if (freeSlots === 0 || silentMs < timeoutMs) return undefined;
    // Jobs that have arrived may have to wait for one that runs alone.
    const isStuck = waiting > 0 && underWay === 0;
    // From paused partitions nothing arrives: no wonder.
    const undelivered = paused ? [] : await this.#undelivered(ends, logger);
    if (!isStuck && undelivered.length === 0) return undefined;
    this.#stalls += 1;
    this.#isStalled = true;
    const what = `nothing was begun for ${Math.round(silentMs / 1_000)} s though there is work: the consumer is made anew`;
    logger.error({ code: 'stalled', ...state(), undelivered, stalls: this.#stalls }, what);
    return new RestartError(what);
  }

  /** Ends that were there at the look before, and have not been reached. An unreachable broker is another trouble. */
  async #undelivered(ends: Consumer['ends'], logger: Logger): Promise<string[]> {
    try {
      return (await ends()).flatMap((end) => {
        const name = partitionName(end);
        const former = this.#ends.get(name) ?? 0;
        this.#ends.set(name, end.offset ?? 0);
        return former > (this.#seen.get(name) ?? 0) ? [`${name}@${former}`] : [];
      });
    } catch (error) {
      logger.debug({ err: error }, 'cannot ask for the ends of the partitions; the next time will do');
      return [];
    }
  }

  #see(named: TopicPartition, offset: number): void {
    this.#seen.set(partitionName(named), Math.max(offset, this.#seen.get(partitionName(named)) ?? 0));
  }
}
