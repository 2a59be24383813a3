const chunkBits = 65_536;

/** A set of offsets at one bit each; where there are none, in chunks of 65,536, it costs nothing. */
export class OffsetSet {
  readonly #chunks: (Uint8Array | undefined)[] = [];
  readonly #start: number;
  size = 0;

  /** @param start no offset is lower */
  constructor(start: number) {
    this.#start = start;
  }

  /** Returns false when it was there already. */
  add(offset: number): boolean {
    const [chunk, byte, bit] = this.#place(offset);
    const bytes = (this.#chunks[chunk] ??= new Uint8Array(chunkBits / 8));
    const before = bytes[byte] ?? 0;
    if ((before & bit) !== 0) return false;
    bytes[byte] = before | bit;
    this.size += 1;
    return true;
  }

  has(offset: number): boolean {
    const [chunk, byte, bit] = this.#place(offset);
    return ((this.#chunks[chunk]?.[byte] ?? 0) & bit) !== 0;
  }

  /** In ascending order. */
  *[Symbol.iterator](): Generator<number> {
    for (const [chunk, bytes] of this.#chunks.entries()) {
      if (bytes === undefined) continue;
      for (const [index, byte] of bytes.entries()) {
        if (byte === 0) continue;
        const first = this.#start + chunk * chunkBits + index * 8;
        for (let bit = 0; bit < 8; bit += 1) if ((byte & (1 << bit)) !== 0) yield first + bit;
      }
    }
  }

  #place(offset: number): readonly [chunk: number, byte: number, bit: number] {
    const index = offset - this.#start;
    const within = index % chunkBits;
    return [Math.floor(index / chunkBits), within >> 3, 1 << (within & 7)];
  }
}
