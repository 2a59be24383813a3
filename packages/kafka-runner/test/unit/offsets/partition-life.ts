import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Ledger } from '../../../src/offsets/ledger.ts';
import { decodeMetadata, maxMetadataLength, type Attempts } from '../../../src/offsets/position-metadata.ts';

const verbs = [
  'deliver',
  'deliver',
  'begin',
  'begin',
  'rest',
  'takeBack',
  'progress',
  'finish',
  'store',
  'die',
] as const;

/** One thing that happens to a partition; `pick` says to which of the jobs that it can happen to. */
interface Happening {
  readonly verb: (typeof verbs)[number];
  readonly pick: number;
}

type Known = Attempts & { readonly abandoned: boolean };

interface Stored {
  readonly position: number | undefined;
  readonly metadata: string;
  readonly attempts: ReadonlyMap<number, Known>;
}

/** Offsets with gaps, at any height, and what happens to their jobs. */
export const lives = fc.record({
  start: fc.constantFrom(0, 7, 2 ** 40),
  gaps: fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5_000 })), { minLength: 1, maxLength: 30 }),
  happenings: fc.array(fc.record({ verb: fc.constantFrom(...verbs), pick: fc.nat() }), {
    size: 'large',
    maxLength: 150,
  }),
});

/** What anybody may expect of the ledger of a partition that moves from worker to worker, in the plainest way. */
export class PartitionLife {
  readonly log: readonly number[];
  readonly finished = new Set<number>();
  /** Delivered to the present worker and not finished. */
  #open = new Map<number, Known>();
  /** Begun by the present worker. */
  #running = new Set<number>();
  #restored: ReadonlyMap<number, Known> = new Map();
  #delivered = 0;
  #stored: Stored = { position: undefined, metadata: '', attempts: new Map() };
  ledger = new Ledger();

  constructor({ start, gaps }: { readonly start: number; readonly gaps: readonly number[] }) {
    let offset = start;
    this.log = gaps.map((gap) => (offset += gap));
  }

  happen({ verb, pick }: Happening): void {
    if (verb === 'deliver') this.#deliver();
    else if (verb === 'store') this.#store();
    else if (verb === 'die') this.#die();
    else {
      const able = verb === 'begin' ? [...this.#open.keys()].filter((o) => !this.#running.has(o)) : [...this.#running];
      const offset = able[pick % able.length];
      if (offset !== undefined) this.#act(verb, offset);
    }
    this.#look();
  }

  #deliver(): void {
    const offset = this.log[this.#delivered];
    if (offset === undefined) return;
    this.#delivered += 1;
    const expected = this.#restored.get(offset) ?? { count: 0, running: false, abandoned: false };
    const attempts = this.ledger.deliver(offset);
    if (this.finished.has(offset)) {
      assert.equal(attempts, undefined, `${offset} is finished and came again`);
    } else {
      assert.deepEqual({ ...attempts }, { count: expected.count, running: expected.running });
      this.#open.set(offset, { ...expected, abandoned: expected.running });
    }
  }

  #act(verb: 'begin' | 'rest' | 'takeBack' | 'progress' | 'finish', offset: number): void {
    const { count, abandoned } = this.#open.get(offset) as Known;
    if (verb === 'begin') {
      if (!this.ledger.hasRoomFor(offset)) return assert.notEqual(offset, Math.min(...this.#open.keys()));
      assert.equal(this.ledger.begin(offset), count + 1);
      this.#open.set(offset, { count: count + 1, running: true, abandoned });
      this.#running.add(offset);
      return this.#store();
    }
    if (verb === 'progress') {
      assert.equal(this.ledger.progress(offset), count);
      this.#open.set(offset, { count: 0, running: true, abandoned });
      return;
    }
    this.#running.delete(offset);
    this.ledger[verb](offset);
    if (verb === 'rest') this.#open.set(offset, { count, running: abandoned, abandoned });
    if (verb === 'takeBack') this.#open.set(offset, { count: Math.max(0, count - 1), running: abandoned, abandoned });
    if (verb === 'finish') {
      this.#open.delete(offset);
      this.finished.add(offset);
      this.#store();
    }
  }

  #store(): void {
    const at = this.ledger.position();
    // Of what was not delivered again, it still says what the former worker knew.
    const undelivered = [...this.#restored].filter(([offset]) => offset > (this.log[this.#delivered - 1] ?? -1));
    const attempts = new Map([...undelivered, ...this.#open]);
    this.#stored = { position: at?.offset, metadata: at?.metadata ?? '', attempts };
  }

  /** The next worker knows what was stored, and gets the log from the position on. */
  #die(): void {
    const { position, metadata, attempts } = this.#stored;
    this.ledger = new Ledger(position, position === undefined ? undefined : decodeMetadata(position, metadata));
    this.#restored = attempts;
    this.#open = new Map();
    this.#running = new Set();
    const next = this.log.findIndex((offset) => offset >= (position ?? 0));
    this.#delivered = next === -1 ? this.log.length : next;
  }

  #look(): void {
    const at = this.ledger.position();
    if (at === undefined) return;
    const unfinished = this.log.filter((offset) => !this.finished.has(offset));
    assert.ok(at.offset <= Math.min(...unfinished), `${at.offset} is above ${unfinished[0]}`);
    if (this.#open.size > 0) assert.equal(at.offset, Math.min(...this.#open.keys()), 'as far as it may go');
    assert.ok(at.offset >= (this.#stored.position ?? 0), 'it never goes back');
    assert.ok(at.metadata.length <= maxMetadataLength);
    const said = decodeMetadata(at.offset, at.metadata);
    assert.ok(said);
    const named = [...said.done.flatMap(({ first, last }) => [first, last]), ...said.attempts.keys()];
    for (const offset of named) assert.ok(offset >= at.offset, `${offset} is below ${at.offset}`);
    assert.deepEqual(new Ledger(at.offset, said).position(), at, 'restored, it says the same');
    assert.deepEqual(this.ledger.copy().position(), at);
  }
}
