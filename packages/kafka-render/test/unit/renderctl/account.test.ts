import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GroupPosition } from 'kafka-runner';
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
  /** How far beyond the position: single offsets that are finished, and that are begun. */
  readonly done: readonly number[];
  readonly begun: readonly number[];
  readonly startNow: number;
}

const length = 40;
const worlds: fc.Arbitrary<World> = fc.record({
  start: fc.nat(100),
  length: fc.constant(length),
  isJob: fc.array(fc.boolean(), { minLength: length, maxLength: length }),
  terminals: fc.array(fc.nat(3), { minLength: length, maxLength: length }),
  position: fc.nat(200),
  done: fc.uniqueArray(fc.nat(30)),
  begun: fc.uniqueArray(fc.nat(30)),
  startNow: fc.nat(150),
});

function positionOf({ position, done, begun }: World): GroupPosition {
  return {
    offset: position,
    done: done.toSorted((a, b) => a - b).map((far) => ({ first: position + far, last: position + far })),
    attempts: new Map(begun.map((far) => [position + far, { count: 1, running: true }])),
  };
}

test('whatever there is, each job and each terminal record is accounted for, as plain counting says', () => {
  fc.assert(
    fc.property(worlds, fc.boolean(), (world, hasGroup) => {
      const { start, isJob, terminals, startNow } = world;
      const [group, end] = [positionOf(world), start + length];
      const partitions = [{ topic: 'jobs', partition: 2, start, end }];
      const account = new Account(partitions, hasGroup ? [undefined, undefined, group] : undefined, 1_000);
      for (const [index, is] of isJob.entries()) if (is) account.addJob({ partition: 2, offset: start + index });
      for (const [index, count] of terminals.entries()) {
        for (let n = 0; n < count; n += 1) account.addTerminal({ topic: 'jobs', partition: 2, offset: start + index });
      }
      const found = account.close([0, 0, startNow]);
      const names = (wanted: (index: number) => boolean): string[] =>
        isJob.flatMap((_, index) => (wanted(index) ? [`jobs/2@${start + index}`] : []));
      const isOpen = (index: number): boolean => isJob[index] === true && terminals[index] === 0;
      const isStray = (index: number): boolean => isJob[index] === false && Number(terminals[index]) > 0;
      const isOurs = hasGroup && group.offset <= end;
      const isFinished = (offset: number): boolean =>
        isOurs && (offset < group.offset || group.done.some(({ first }) => first === offset));
      const isBegun = (offset: number): boolean => isOurs && !isFinished(offset) && group.attempts.has(offset);
      const expected = {
        lost: names((index) => hasGroup && isOpen(index) && isFinished(start + index)),
        inProgress: names((index) => hasGroup && isOpen(index) && isBegun(start + index)),
        waiting: names((index) => hasGroup && isOpen(index) && !isFinished(start + index) && !isBegun(start + index)),
        unmatched: names((index) => !hasGroup && isOpen(index)),
        doubled: names((index) => Number(terminals[index]) > 1),
        unknown: names((index) => isStray(index) && start + index >= startNow),
        jobTaken: names((index) => isStray(index) && start + index < startNow),
        beyondEnd: hasGroup && !isOurs ? [`jobs/2@${group.offset}`] : [],
      };
      for (const [kind, examples] of Object.entries(expected)) {
        assert.deepEqual(found[kind as keyof typeof expected].examples, examples, kind);
      }
    }),
  );
});

test('what retention has taken before the position came to it is counted, but for what is known to be over', () => {
  const offsets = fc.uniqueArray(fc.nat(60));
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), offsets, offsets, (offset, start, far, ended) => {
      const done = far
        .map((distance) => offset + distance)
        .toSorted((a, b) => a - b)
        .map((first) => ({ first, last: first }));
      const account = new Account(
        [{ topic: 'jobs', partition: 0, start, end: 200 }],
        [{ offset, done, attempts: new Map() }],
        10,
      );
      for (const one of ended) account.addTerminal({ topic: 'jobs', partition: 0, offset: one });
      const { expired } = account.close([start]);
      let expected = 0;
      for (let one = offset; one < start; one += 1) {
        if (!ended.includes(one) && !done.some(({ first }) => first === one)) expected += 1;
      }
      assert.equal(expired.count, expected);
      assert.deepEqual(expired.examples, expected > 0 ? [`jobs/0@${offset}-${start - 1}`] : []);
    }),
  );
});

test('finished offsets in ranges', () => {
  const position = {
    offset: 10,
    done: [{ first: 12, last: 14 }],
    attempts: new Map([[11, { count: 2, running: false }]]),
  };
  const account = new Account([{ topic: 'jobs', partition: 0, start: 0, end: 20 }], [position], 10);
  for (const offset of [9, 10, 11, 12, 14, 15]) account.addJob({ partition: 0, offset });
  account.addTerminal({ topic: 'jobs', partition: 0, offset: 12 });
  const { lost, inProgress, waiting } = account.close([0]);
  assert.deepEqual(lost.examples, ['jobs/0@9', 'jobs/0@14']);
  assert.deepEqual([inProgress.examples, waiting.examples], [['jobs/0@11'], ['jobs/0@10', 'jobs/0@15']]);
});

test('terminal records below, above and beside the partitions', () => {
  const account = new Account([{ topic: 'jobs', partition: 0, start: 10, end: 20 }], undefined, 10);
  for (const [partition, offset] of [
    [0, 9],
    [0, 20],
    [5, 12],
  ] as const) {
    account.addTerminal({ topic: 'jobs', partition, offset });
  }
  const { jobTaken, unknown } = account.close([10]);
  assert.deepEqual([jobTaken.examples, unknown.examples], [['jobs/0@9'], ['jobs/0@20', 'jobs/5@12']]);
});

test('only as many are named as one wants; all are counted', () => {
  const position = { offset: 20, done: [], attempts: new Map() };
  const account = new Account([{ topic: 'jobs', partition: 0, start: 0, end: 20 }], [position], 2);
  for (let offset = 0; offset < 20; offset += 1) account.addJob({ partition: 0, offset });
  assert.deepEqual(JSON.parse(JSON.stringify(account.close([]).lost)), {
    count: 20,
    examples: ['jobs/0@0', 'jobs/0@1'],
  });
});
