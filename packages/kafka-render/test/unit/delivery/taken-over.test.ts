import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rangesToRender } from '../../../src/delivery/taken-over.ts';

const deliveredWhere = (last: number, isDelivered: (frame: number) => boolean) =>
  new Map(Array.from({ length: last }, (_, at) => [at + 1, at + 1] as const).filter(([frame]) => isDelivered(frame)));

test('what is missing, in ranges', () => {
  const delivered = deliveredWhere(12, (frame) => [1, 2, 5, 12].includes(frame));
  assert.deepEqual(rangesToRender({ first: 1, last: 12 }, delivered), [
    { first: 3, last: 4 },
    { first: 6, last: 11 },
  ]);
  assert.deepEqual(
    rangesToRender(
      { first: 1, last: 12 },
      deliveredWhere(12, () => true),
    ),
    [],
  );
  assert.deepEqual(rangesToRender({ first: 1, last: 12 }, new Map()), [{ first: 1, last: 12 }]);
});

test('very scattered: one range, from the first that is missing to the last', () => {
  const delivered = deliveredWhere(9_000, (frame) => frame % 2 === 1);
  assert.deepEqual(rangesToRender({ first: 1, last: 9_000 }, delivered), [{ first: 2, last: 9_000 }]);
});
