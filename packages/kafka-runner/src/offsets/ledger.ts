import { encodeMetadata, maxMetadataLength, type Attempts, type OffsetRange } from './position-metadata.ts';
import type { PositionMetadata } from './position-metadata.ts';

const neverBegun: Attempts = { count: 0, running: false };

/** A delivered job that is not over. */
interface OpenJob {
  readonly count: number;
  /** An attempt of ours is under way. */
  readonly begun: boolean;
  /** A worker died over it: it runs alone until it ends. */
  readonly abandoned: boolean;
}

/** What one job can add to the metadata at most: a range of its own, and its attempts. */
const lengthOfOneJob = 32;

/**
 * Which offsets of one partition are done, and which jobs were begun how often. It is the whole state of a worker, lives
 * in the group's own offset record, and moves with the partition.
 *
 * Offsets have gaps (transaction markers, aborted and compacted records), so "contiguous" means in the order delivered,
 * never by adding one.
 */
export class Ledger {
  /** Delivered and not finished, in the order delivered. */
  readonly #open: Map<number, OpenJob>;
  /** Attempts that earlier owners made at jobs that are not delivered yet. */
  readonly #restored: Map<number, Attempts>;
  /** Finished, and not below the position; in order, and never two that nothing unfinished parts. */
  #done: OffsetRange[];
  /** The offset after the last delivered one; undefined before the first delivery of a partition without a position. */
  #next: number | undefined;

  /** @param next what is to be delivered first; undefined: whatever comes */
  constructor(next?: number, metadata?: PositionMetadata) {
    this.#next = next;
    this.#open = new Map();
    this.#done = [...(metadata?.done ?? [])];
    this.#restored = new Map(metadata?.attempts);
  }

  /**
   * A record was delivered. Tells what is known of the attempts at it; undefined when it is finished, or was delivered
   * before, so that nothing runs twice.
   */
  deliver(offset: number): Attempts | undefined {
    if (this.#next !== undefined && offset < this.#next) return undefined;
    this.#next = offset + 1;
    const isDone = this.#done.some(({ first, last }) => first <= offset && offset <= last);
    const attempts = this.#restored.get(offset) ?? neverBegun;
    for (const passed of this.#restored.keys()) if (passed <= offset) this.#restored.delete(passed);
    if (!isDone) this.#open.set(offset, { count: attempts.count, begun: false, abandoned: attempts.running });
    this.#dropBelowPosition();
    return isDone ? undefined : attempts;
  }

  /** An attempt begins: the mark has to be stored before anything of it runs. Returns which attempt it is, from 1. */
  begin(offset: number): number {
    const { count, abandoned } = this.#job(offset);
    this.#open.set(offset, { count: count + 1, begun: true, abandoned });
    return count + 1;
  }

  /** Whether it was delivered and is not finished. */
  isOpen(offset: number): boolean {
    return this.#open.has(offset);
  }

  /** What is known of the attempts at an unfinished job, the one under way included. */
  attempts(offset: number): Attempts {
    return attemptsOf(this.#job(offset));
  }

  /** The attempt failed and counts; the job waits for the next one. */
  rest(offset: number): void {
    this.#open.set(offset, { ...this.#job(offset), begun: false });
  }

  /** An attempt of ours, if there is one under way, does not count. What earlier workers died over still does. */
  takeBack(offset: number): void {
    const { count, begun, abandoned } = this.#job(offset);
    if (begun) this.#open.set(offset, { count: Math.max(0, count - 1), begun: false, abandoned });
  }

  /** No attempt of ours that is under way counts. */
  takeBackAll(): void {
    for (const offset of this.#open.keys()) this.takeBack(offset);
  }

  /** The running attempt has achieved something lasting: attempts are counted anew. Returns how many were forgotten. */
  progress(offset: number): number {
    const job = this.#job(offset);
    this.#open.set(offset, { ...job, count: 0 });
    return job.count;
  }

  /** The job of a delivered record is over. */
  finish(offset: number): void {
    this.#job(offset);
    this.#open.delete(offset);
    const [before, after] = [
      this.#done.filter(({ last }) => last < offset),
      this.#done.filter((r) => r.first > offset),
    ];
    let [first, last] = [offset, offset];
    const [below, above] = [before.at(-1), after[0]];
    if (below && !this.#isOpenBetween(below.last, offset)) first = (before.pop() as OffsetRange).first;
    if (above && !this.#isOpenBetween(offset, above.first)) last = (after.shift() as OffsetRange).last;
    this.#done = [...before, { first, last }, ...after];
    this.#dropBelowPosition();
  }

  /**
   * Whether one more job may begin without the metadata outgrowing its bound. The lowest unfinished one always may.
   * @param ending how many others are about to end without having begun
   */
  hasRoomFor(offset: number, ending = 0): boolean {
    const [lowest] = this.#open.keys();
    if (offset === lowest) return true;
    const running = [...this.#open.values()].filter(({ begun }) => begun).length;
    return this.#metadata(lowest ?? offset).length + lengthOfOneJob * (running + ending + 2) <= maxMetadataLength;
  }

  /** How many offsets below `end` are not finished; undefined before the first delivery of a partition without a position. */
  unfinishedBelow(end: number): number | undefined {
    const position = this.position();
    const finished = this.#done.reduce((sum, { first, last }) => sum + last + 1 - first, 0);
    return position && Math.max(0, end - position.offset - finished);
  }

  /** The lowest unfinished offset, or the one after the last, and what else is to be known. Undefined before the first delivery. */
  position(): { readonly offset: number; readonly metadata: string } | undefined {
    const [offset = this.#next] = this.#open.keys();
    return offset === undefined ? undefined : { offset, metadata: this.#metadata(offset) };
  }

  /** Another ledger that says the same: to see what a position would be. */
  copy(): Ledger {
    const copy = new Ledger(this.#next, { done: this.#done, attempts: this.#restored });
    for (const [offset, job] of this.#open) copy.#open.set(offset, job);
    return copy;
  }

  #metadata(position: number): string {
    const known = new Map(this.#restored);
    for (const [offset, job] of this.#open)
      if (job.count > 0 || job.begun || job.abandoned) known.set(offset, attemptsOf(job));
    return encodeMetadata(position, { done: this.#done, attempts: known });
  }

  #job(offset: number): OpenJob {
    const job = this.#open.get(offset);
    if (job === undefined) throw new Error(`offset ${offset} was never delivered or is finished already`);
    return job;
  }

  #isOpenBetween(low: number, high: number): boolean {
    // What an earlier owner finished and nobody has delivered yet: nothing is known of what lies before it.
    if (high >= (this.#next ?? 0)) return true;
    for (const offset of this.#open.keys()) if (low < offset && offset < high) return true;
    return false;
  }

  #dropBelowPosition(): void {
    const [position = this.#next ?? 0] = this.#open.keys();
    this.#done = this.#done.flatMap((range) => {
      if (range.last < position) return [];
      return range.first >= position ? [range] : [{ first: position, last: range.last }];
    });
  }
}

function attemptsOf({ count, begun, abandoned }: OpenJob): Attempts {
  return { count, running: begun || abandoned };
}
