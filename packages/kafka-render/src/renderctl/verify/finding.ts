/** How many there are, and the names of the first ones. */
export class Finding {
  readonly #limit: number;
  readonly examples: string[] = [];
  count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(name: string): void {
    this.count += 1;
    if (this.examples.length < this.#limit) this.examples.push(name);
  }

  toJSON(): { readonly count: number; readonly examples: readonly string[] } {
    return { count: this.count, examples: this.examples };
  }
}
