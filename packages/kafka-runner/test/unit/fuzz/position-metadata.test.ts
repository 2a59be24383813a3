// Whatever stands beside an offset: it is ours and can be written again, is not ours, or is of a newer version; and a ledger made
// of it goes on, within the bound of what may be written, whatever large numbers it is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../../../src/errors.ts';
import { Ledger } from '../../../src/offsets/ledger.ts';
import { decodeMetadata, maxMetadataLength } from '../../../src/offsets/position-metadata.ts';
import { anyText, fuzz } from './fuzz-runs.ts';

const number = fc.oneof(fc.nat(40), fc.nat(), fc.maxSafeNat()).map((n) => n.toString(36));
const range = fc.oneof(
  number,
  fc.tuple(number, number).map(([first, last]) => `${first}-${last}`),
);
const mark = fc
  .tuple(number, number, fc.constantFrom('', '!'))
  .map(([at, count, running]) => `${at}:${count}${running}`);
const list = <T>(entry: fc.Arbitrary<T>): fc.Arbitrary<string> =>
  fc.array(entry, { maxLength: 40 }).map((all) => all.join(','));
const nearlyOurs = fc
  .tuple(fc.constantFrom('v1', 'v2', 'v01', 'V1', ''), list(range), list(mark), fc.oneof(fc.constant(''), anyText))
  .map(([version, done, marks, end]) => `${version} d${done} a${marks}${end}`);

test('offset metadata', () => {
  fuzz(
    fc.property(
      fc.nat(1_000_000),
      fc.oneof(nearlyOurs, anyText),
      fc.array(fc.nat(60), { maxLength: 20 }),
      (position, text, steps) => {
        let metadata;
        try {
          metadata = decodeMetadata(position, text);
        } catch (error) {
          assert.ok(error instanceof ConfigError && /newer/.test(error.message), String(error));
          return;
        }
        if (metadata === undefined) return;
        const ledger = new Ledger(position, metadata);
        for (const step of steps) {
          const offset = position + step;
          if (ledger.deliver(offset) && step % 3 > 0) ledger.begin(offset);
          if (ledger.isOpen(offset) && step % 3 > 1) ledger.finish(offset);
        }
        const stored = ledger.position();
        if (stored)
          assert.ok(stored.offset >= position && stored.metadata.length <= maxMetadataLength, JSON.stringify(stored));
      },
    ),
  );
});
