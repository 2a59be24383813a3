import type { CommitPosition, Committer, ProducedRecord } from '../broker/port.ts';
import { FailedError } from '../errors.ts';
import type { Logger } from '../logging/logger.ts';
import { untilAborted } from '../until-aborted.ts';
import { untilAvailable } from '../until-available.ts';
import { positionText, type OwnedPartition } from './owned-partitions.ts';

/** Something about a partition that has to be stored. */
export interface Settlement {
  readonly owned: OwnedPartition;
  /** The job that is over with it; none: what the ledger says already (attempts) is stored. */
  readonly finished?: number;
  /** Its terminal record. */
  readonly record?: ProducedRecord | undefined;
}

interface Waiting extends Settlement {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** So many share one commit at most. */
const maxTogether = 100;

/** A broker that is back is noticed within this time. */
const maxDelayMs = 3_000;

/**
 * The one queue through which everything about offsets is written, one commit after the other. What waits shares a commit.
 * Positions are composed at the moment of the write: one composed earlier would take a finished job back.
 */
export class Settlements {
  readonly #committer: Committer;
  readonly #logger: Logger;
  readonly #givenUp = new AbortController();
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(committer: Committer, logger: Logger) {
    this.#committer = committer;
    this.#logger = logger;
  }

  /**
   * Resolves when it is stored; terminal record, finished offset and attempts all together or not at all. It waits for as
   * long as the broker is away. Throws FailedError when no broker will ever take the record (nothing is stored then),
   * InterruptedError when the partition is ours no more, or the reason of `giveUp`.
   */
  async settle(settlement: Settlement): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ ...settlement, resolve, reject });
    // In the next turn: what the same event causes, such as the begin of the next job, comes along.
    if (!this.#isWriting) queueMicrotask(() => void this.#writeAll());
    this.#isWriting = true;
    await untilAborted(promise, AbortSignal.any([settlement.owned.closed, this.#givenUp.signal]));
  }

  /** Stores what the ledger says. Never throws: if it cannot be now, the next write of the partition says it. */
  async store(owned: OwnedPartition): Promise<void> {
    try {
      await this.settle({ owned });
    } catch (error) {
      this.#logger.debug({ err: error, partition: owned.partition }, 'the position could not be stored');
    }
  }

  /** Nothing more is written, whatever waits. */
  giveUp(reason: unknown): void {
    this.#givenUp.abort(reason);
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0, maxTogether));
    this.#isWriting = false;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      await untilAvailable(() => this.#commit(batch), this.#givenUp.signal, this.#logger, { maxDelayMs });
    } catch (error) {
      // One of them is refused for ever: the others are innocent.
      if (error instanceof FailedError && batch.length > 1) for (const one of batch) await this.#write([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const ours = batch.filter(isOurs);
    const positions = [...Map.groupBy(ours, ({ owned }) => owned)].flatMap(([owned, about]) => compose(owned, about));
    const news = positions.filter(({ owned, text }) => owned.stored !== text);
    const records = ours.flatMap(({ record }) => record ?? []);
    const guard = (): boolean => ours.every(isOurs);
    if (news.length > 0 || records.length > 0) {
      await this.#committer.commit({ records, positions: news.map(({ position }) => position), guard });
    }
    for (const { owned, text } of news) owned.stored = text;
    for (const { owned, finished } of ours) if (finished !== undefined) owned.ledger.finish(finished);
    for (const { resolve } of ours) resolve();
  }
}

/** The broker does not check who owns a partition: any member may commit any offset of its group. */
function isOurs({ owned }: Settlement): boolean {
  return !owned.closed.aborted;
}

interface Composed {
  readonly owned: OwnedPartition;
  readonly position: CommitPosition;
  readonly text: string;
}

/** The ledger itself moves when it is stored, not before: another write must not say what has no record yet. */
function compose(owned: OwnedPartition, about: readonly Settlement[]): Composed[] {
  const { topic, partition } = owned;
  const ledger = owned.ledger.copy();
  for (const { finished } of about) if (finished !== undefined) ledger.finish(finished);
  const at = ledger.position();
  if (at === undefined) return [];
  const carriesRecord = about.some(({ record }) => record !== undefined);
  return [{ owned, position: { topic, partition, ...at, carriesRecord }, text: positionText(at) }];
}
