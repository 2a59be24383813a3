/**
 * Which offsets of one partition are delivered and which of them are done. Offsets have gaps (transaction markers,
 * aborted and compacted records), so "contiguous" means in the order delivered, never by adding one.
 */
export class Ledger {
  /** Delivered and not yet below the position, in the order delivered; the value says whether it is done. */
  readonly #delivered = new Map<number, boolean>();
  #next: number | undefined;

  /** A record was delivered. False when it was delivered before, so that nothing runs twice after a redelivery. */
  deliver(offset: number): boolean {
    if (this.#next !== undefined && offset < this.#next) return false;
    this.#delivered.set(offset, false);
    this.#next = offset + 1;
    return true;
  }

  /** The job of a delivered record is over. */
  finish(offset: number): void {
    if (!this.#delivered.has(offset)) throw new Error(`offset ${offset} was never delivered or is already committable`);
    this.#delivered.set(offset, true);
    this.#dropDonePrefix();
  }

  /** The offset to commit: the lowest unfinished one, or the one after the last. Undefined before the first delivery. */
  position(): number | undefined {
    for (const offset of this.#delivered.keys()) return offset;
    return this.#next;
  }

  #dropDonePrefix(): void {
    for (const [offset, done] of this.#delivered) {
      if (!done) return;
      this.#delivered.delete(offset);
    }
  }
}
