import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Ledger } from '../../../src/offsets/ledger.ts';

function ledgerOf(...offsets: number[]): Ledger {
  const ledger = new Ledger();
  for (const offset of offsets) ledger.deliver(offset);
  return ledger;
}

test('there is nothing to commit before the first delivery', () => {
  assert.equal(new Ledger().position(), undefined);
});

test('the position is the lowest unfinished offset, or the one after the last', () => {
  const ledger = ledgerOf(5, 6, 7);
  assert.equal(ledger.position(), 5);
  ledger.finish(6);
  assert.equal(ledger.position(), 5);
  ledger.finish(5);
  assert.equal(ledger.position(), 7);
  ledger.finish(7);
  assert.equal(ledger.position(), 8);
});

test('offsets that nothing was delivered for are skipped', () => {
  const ledger = ledgerOf(0, 3, 10);
  ledger.finish(0);
  assert.equal(ledger.position(), 3);
  ledger.finish(3);
  assert.equal(ledger.position(), 10);
});

test('what was delivered before is not ours to do again', () => {
  const ledger = ledgerOf(5, 6);
  ledger.finish(5);
  assert.deepEqual(
    [ledger.deliver(5), ledger.deliver(6), ledger.deliver(0), ledger.deliver(7)],
    [false, false, false, true],
  );
  assert.equal(ledger.position(), 6);
});

test('finishing what was never delivered, or is below the position, is a mistake that shows', () => {
  const ledger = ledgerOf(5, 6);
  ledger.finish(5);
  assert.throws(() => ledger.finish(5), /offset 5 was never delivered or is already committable/);
  assert.throws(() => ledger.finish(9), /offset 9/);
});

/** Offsets with gaps, and an order in which deliveries and finishes may come: a finish after its delivery. */
const histories = fc.uniqueArray(fc.nat({ max: 1_000 }), { maxLength: 40 }).chain((offsets) =>
  fc.record({
    offsets: fc.constant(offsets.toSorted((a, b) => a - b)),
    finishes: fc.shuffledSubarray(offsets, { minLength: 0 }),
    turns: fc.infiniteStream(fc.boolean()),
  }),
);

/** Plays a history and calls `look` after each step with what is unfinished then. */
function play(
  ledger: Ledger,
  history: typeof histories extends fc.Arbitrary<infer T> ? T : never,
  look: (open: Set<number>) => void,
): void {
  const [toDeliver, toFinish] = [[...history.offsets], [...history.finishes]];
  const open = new Set<number>();
  while (toDeliver.length > 0 || toFinish.length > 0) {
    const next = toFinish[0];
    const turn = history.turns.next().value ?? false;
    if (next !== undefined && open.has(next) && (turn || toDeliver.length === 0)) {
      ledger.finish(next);
      open.delete(next);
      toFinish.shift();
    } else if (toDeliver.length > 0) {
      const offset = toDeliver.shift() as number;
      assert.ok(ledger.deliver(offset));
      open.add(offset);
    }
    look(open);
  }
}

test('for any order the position is never above an unfinished offset and never goes back', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const ledger = new Ledger();
      let before = -1;
      play(ledger, history, (open) => {
        const position = ledger.position() as number;
        assert.ok(position >= before, `from ${before} back to ${position}`);
        for (const offset of open) assert.ok(position <= offset, `${position} is above ${offset}`);
        before = position;
      });
    }),
  );
});

test('for any order the position goes as far as it may: to the lowest unfinished offset, or one past the last', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const ledger = new Ledger();
      let highest = -1;
      play(ledger, history, (open) => {
        highest = Math.max(highest, ...open);
        assert.equal(ledger.position(), open.size > 0 ? Math.min(...open) : highest + 1);
      });
    }),
  );
});

test('for any order a redelivery of anything delivered is refused and changes nothing', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const ledger = new Ledger();
      const delivered = new Set<number>();
      play(ledger, history, (open) => {
        for (const offset of open) delivered.add(offset);
        const before = ledger.position();
        for (const offset of delivered) assert.equal(ledger.deliver(offset), false);
        assert.equal(ledger.position(), before);
      });
    }),
  );
});
