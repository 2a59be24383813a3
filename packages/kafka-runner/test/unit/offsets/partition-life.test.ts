import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lives, PartitionLife } from './partition-life.ts';

test('whatever happens in whatever order, nothing finished comes again, and nothing else is lost', () => {
  fc.assert(
    fc.property(lives, (life) => {
      const partition = new PartitionLife(life);
      for (const happening of life.happenings) partition.happen(happening);
      partition.happen({ verb: 'die', pick: 0 });
      for (const _ of partition.log) partition.happen({ verb: 'deliver', pick: 0 });
      for (const offset of partition.log) if (!partition.finished.has(offset)) partition.ledger.finish(offset);
      const end = (partition.log.at(-1) as number) + 1;
      assert.deepEqual(partition.ledger.position(), { offset: end, metadata: '' });
    }),
    { numRuns: 300 },
  );
});
