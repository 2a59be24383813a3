import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Account } from '../../../src/renderctl/verify/account.ts';
import { OffsetSet } from '../../../src/renderctl/verify/offset-set.ts';

test('a set of offsets is a set, in ascending order, also far apart', () => {
  const offsets = fc.array(
    fc.oneof(fc.nat(300), fc.nat(1_000_000), fc.integer({ min: 2 ** 33, max: 2 ** 33 + 200_000 })),
  );
  fc.assert(
    fc.property(fc.nat(1_000_000), offsets, (start, given) => {
      const [set, expected] = [new OffsetSet(start), new Set<number>()];
      for (const offset of given.map((distance) => start + distance)) {
        assert.equal(set.add(offset), !expected.has(offset));
        expected.add(offset);
      }
      assert.deepEqual(
        [...set],
        [...expected].toSorted((a, b) => a - b),
      );
      assert.equal(set.size, expected.size);
      for (const offset of expected) assert.ok(set.has(offset) && set.has(offset + 1) === expected.has(offset + 1));
    }),
  );
});

interface World {
  readonly start: number;
  readonly length: number;
  /** Of the offsets from `start`: which ones are jobs, and how many terminal records each has. */
  readonly isJob: readonly boolean[];
  readonly terminals: readonly number[];
  readonly position: number;
  readonly startNow: number;
}

const length = 40;
const worlds: fc.Arbitrary<World> = fc.record({
  start: fc.nat(100),
  length: fc.constant(length),
  isJob: fc.array(fc.boolean(), { minLength: length, maxLength: length }),
  terminals: fc.array(fc.nat(3), { minLength: length, maxLength: length }),
  position: fc.nat(150),
  startNow: fc.nat(150),
});

test('whatever there is, each job and each terminal record is accounted for, as plain counting says', () => {
  fc.assert(
    fc.property(worlds, fc.boolean(), (world, hasGroup) => {
      const { start, isJob, terminals, position, startNow } = world;
      const account = new Account([{ topic: 'jobs', partition: 2, start, end: start + length }], 1_000);
      for (const [index, is] of isJob.entries()) if (is) account.addJob({ partition: 2, offset: start + index });
      for (const [index, count] of terminals.entries()) {
        for (let n = 0; n < count; n += 1) account.addTerminal({ topic: 'jobs', partition: 2, offset: start + index });
      }
      const found = account.close(hasGroup ? [undefined, undefined, position] : undefined, [0, 0, startNow]);
      const names = (wanted: (index: number) => boolean): string[] =>
        isJob.flatMap((_, index) => (wanted(index) ? [`jobs/2@${start + index}`] : []));
      const isOpen = (index: number): boolean => isJob[index] === true && terminals[index] === 0;
      const isStray = (index: number): boolean => isJob[index] === false && Number(terminals[index]) > 0;
      assert.deepEqual(
        found.lost.examples,
        names((index) => hasGroup && isOpen(index) && start + index < position),
      );
      assert.deepEqual(
        found.waiting.examples,
        names((index) => hasGroup && isOpen(index) && start + index >= position),
      );
      assert.deepEqual(
        found.unmatched.examples,
        names((index) => !hasGroup && isOpen(index)),
      );
      assert.deepEqual(
        found.doubled.examples,
        names((index) => Number(terminals[index]) > 1),
      );
      assert.deepEqual(
        found.unknown.examples,
        names((index) => isStray(index) && start + index >= startNow),
      );
      assert.deepEqual(
        found.jobTaken.examples,
        names((index) => isStray(index) && start + index < startNow),
      );
    }),
  );
});

test('terminal records below, above and beside the partitions', () => {
  const account = new Account([{ topic: 'jobs', partition: 0, start: 10, end: 20 }], 10);
  for (const [partition, offset] of [
    [0, 9],
    [0, 20],
    [5, 12],
  ] as const) {
    account.addTerminal({ topic: 'jobs', partition, offset });
  }
  const { jobTaken, unknown } = account.close(undefined, [10]);
  assert.deepEqual([jobTaken.examples, unknown.examples], [['jobs/0@9'], ['jobs/0@20', 'jobs/5@12']]);
});

test('only as many are named as one wants; all are counted', () => {
  const account = new Account([{ topic: 'jobs', partition: 0, start: 0, end: 20 }], 2);
  for (let offset = 0; offset < 20; offset += 1) account.addJob({ partition: 0, offset });
  assert.deepEqual(JSON.parse(JSON.stringify(account.close([20], []).lost)), {
    count: 20,
    examples: ['jobs/0@0', 'jobs/0@1'],
  });
});
