/** How many there are, and the names of the first ones. */
export class Finding {
  readonly #limit: number;
  readonly examples: string[] = [];
  count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param count how many the name stands for */
  add(name: string, count = 1): void {
    this.count += count;
    if (this.examples.length < this.#limit) this.examples.push(name);
  }

  toJSON(): { readonly count: number; readonly examples: readonly string[] } {
    return { count: this.count, examples: this.examples };
  }
}
