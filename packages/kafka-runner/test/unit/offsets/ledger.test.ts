import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Ledger } from '../../../src/offsets/ledger.ts';
import { decodeMetadata, maxMetadataLength } from '../../../src/offsets/position-metadata.ts';

function ledgerOf(...offsets: number[]): Ledger {
  const ledger = new Ledger();
  for (const offset of offsets) ledger.deliver(offset);
  return ledger;
}

/** `5 done 7 begun 5*1!`: a position, in absolute offsets. */
function said(ledger: Ledger): string {
  const { offset, metadata } = ledger.position() ?? assert.fail('it says nothing');
  const { done, attempts } = decodeMetadata(offset, metadata) ?? assert.fail(metadata);
  const ranges = done.map(({ first, last }) => (first === last ? first : `${first}-${last}`));
  const begun = [...attempts].map(([job, { count, running }]) => `${job}*${count}${running ? '!' : ''}`);
  return [
    offset,
    ...(ranges.length > 0 ? ['done', ...ranges] : []),
    ...(begun.length > 0 ? ['begun', ...begun] : []),
  ].join(' ');
}

/** What the next worker knows after this one has died. */
function afterDeathOf(ledger: Ledger): Ledger {
  const { offset, metadata } = ledger.position() ?? assert.fail('it says nothing');
  return new Ledger(offset, decodeMetadata(offset, metadata));
}

test('there is nothing to commit before the first delivery', () => {
  assert.equal(new Ledger().position(), undefined);
});

test('the position is the lowest unfinished offset, or the one after the last; what is done beyond stands beside it', () => {
  const ledger = ledgerOf(5, 6, 7);
  assert.equal(said(ledger), '5');
  ledger.finish(6);
  assert.equal(said(ledger), '5 done 6');
  ledger.finish(5);
  assert.equal(said(ledger), '7');
  ledger.finish(7);
  assert.equal(said(ledger), '8');
});

test('what is finished on both sides of a gap is one range; an unfinished offset parts two', () => {
  const ledger = ledgerOf(0, 3, 10, 11, 12, 20);
  for (const offset of [3, 11, 20]) ledger.finish(offset);
  assert.equal(said(ledger), '0 done 3 11 20');
  ledger.finish(10);
  assert.equal(said(ledger), '0 done 3-11 20');
  ledger.finish(0);
  assert.equal(said(ledger), '12 done 20');
});

test('a range that reaches below a restored position is clipped', () => {
  const ledger = new Ledger(5, { done: [{ first: 3, last: 8 }], attempts: new Map() });
  ledger.deliver(7);
  assert.equal(said(ledger), '8 done 8');
});

test('what was delivered before is not ours to do again', () => {
  const ledger = ledgerOf(5, 6);
  ledger.finish(5);
  assert.deepEqual([ledger.deliver(5), ledger.deliver(6), ledger.deliver(0)], [undefined, undefined, undefined]);
  assert.deepEqual(ledger.deliver(7), { count: 0, running: false });
  assert.equal(said(ledger), '6');
});

test('finishing what was never delivered, or is finished, is a mistake that shows', () => {
  const ledger = ledgerOf(5, 6);
  ledger.finish(5);
  assert.throws(() => ledger.finish(5), /offset 5 was never delivered or is finished already/);
  assert.throws(() => ledger.finish(9), /offset 9/);
  assert.throws(() => ledger.begin(9), /offset 9/);
});

test('an attempt whose worker died counts and is marked; one that failed counts, one handed back does not', () => {
  const ledger = ledgerOf(1, 2, 3);
  for (const offset of [1, 2, 3]) ledger.begin(offset);
  ledger.rest(2);
  ledger.takeBack(3);
  assert.equal(said(ledger), '1 begun 1*1! 2*1');
  const next = afterDeathOf(ledger);
  const found = [1, 2, 3].map((offset) => next.deliver(offset));
  assert.deepEqual(
    found.map((attempts) => ({ ...attempts })),
    [
      { count: 1, running: true },
      { count: 1, running: false },
      { count: 0, running: false },
    ],
  );
});

test('an abandoned job keeps its mark until it ends; what was never begun is not taken back', () => {
  const ledger = ledgerOf(1);
  ledger.begin(1);
  const next = afterDeathOf(ledger);
  next.deliver(1);
  next.takeBack(1);
  assert.equal(said(next), '1 begun 1*1!');
  assert.equal(next.begin(1), 2);
  next.takeBack(1);
  assert.equal(said(next), '1 begun 1*1!');
  next.begin(1);
  next.rest(1);
  assert.equal(said(next), '1 begun 1*2!');
  next.finish(1);
  assert.equal(said(next), '2');
});

test('progress starts the count anew, and the attempt is still running', () => {
  const ledger = ledgerOf(1);
  ledger.begin(1);
  assert.deepEqual([ledger.progress(1), ledger.attempts(1).count, said(ledger)], [1, 0, '1 begun 1*0!']);
  ledger.takeBack(1);
  assert.deepEqual([ledger.attempts(1).count, said(ledger)], [0, '1']);
});

test('the metadata never outgrows its bound when room is asked for, and the lowest unfinished job may always begin', () => {
  const scales = fc.constantFrom(10 ** 7, 10 ** 10);
  let refused = false;
  fc.assert(
    fc.property(fc.integer(), scales, fc.integer({ min: 8, max: 64 }), (seed, scale, slots) => {
      const picks = fc.sample(fc.nat(), { seed, numRuns: 5_000 });
      const next = (): number => picks.pop() ?? 0;
      const offsets = Array.from({ length: 1_000 }, (_, index) => index * scale);
      const ledger = ledgerOf(...offsets);
      const waiting = new Set(offsets);
      const running: number[] = [];
      for (let turn = 0; turn < 2_000; turn += 1) {
        const offset = [...waiting][next() % waiting.size];
        if (running.length < slots && offset !== undefined) {
          if (ledger.hasRoomFor(offset)) {
            ledger.begin(offset);
            waiting.delete(offset);
            running.push(offset);
          } else refused = true;
        } else {
          const [ended = assert.fail('nothing runs')] = running.splice(next() % running.length, 1);
          if (next() % 3 > 0) ledger.finish(ended);
          else {
            ledger.rest(ended);
            waiting.add(ended);
          }
        }
        const { metadata = '', offset: lowest = -1 } = ledger.position() ?? {};
        assert.ok(metadata.length <= maxMetadataLength, `${metadata.length} characters`);
        if (waiting.has(lowest)) assert.ok(ledger.hasRoomFor(lowest), 'the lowest may begin');
      }
    }),
    { numRuns: 4 },
  );
  assert.ok(refused, 'the bound was never met');
});

test('what is not finished below an end: open jobs, gaps, and what is not delivered yet', () => {
  assert.equal(new Ledger().unfinishedBelow(10), undefined, 'nobody knows where the partition begins');
  const ledger = new Ledger(5);
  assert.equal(ledger.unfinishedBelow(10), 5);
  for (const offset of [5, 6, 8]) ledger.deliver(offset);
  for (const offset of [6, 8]) ledger.finish(offset);
  assert.equal(
    ledger.unfinishedBelow(10),
    2,
    '5 runs, and 9 is to come: what lies between two that are finished is none',
  );
  ledger.finish(5);
  assert.equal(ledger.unfinishedBelow(10), 1);
  assert.equal(ledger.unfinishedBelow(3), 0, 'an end that was asked for before');
});
