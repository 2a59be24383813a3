// Whatever is given as an object's path: it is refused with a code, or it names a file below the folder, and nothing else.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { RejectedError } from '../../../src/errors.ts';
import { localPathOf } from '../../../src/storage/local-path.ts';
import { formatObjectPath, joinKey, parseObjectPath, parseObjectPrefix } from '../../../src/storage/object-path.ts';
import { anyText, fuzz } from './fuzz-runs.ts';

const refused = (error: unknown): void => {
  assert.ok(error instanceof RejectedError && error.code === 'bad-object-path', String(error));
  assert.doesNotMatch(error.message, /\n|\r|\0/);
};

test('object paths', () => {
  const text = fc.oneof(
    anyText,
    anyText.map((rest) => `bucket/${rest}`),
  );
  fuzz(
    fc.property(text, anyText, (given, name) => {
      try {
        const parsed = parseObjectPath(given);
        assert.equal(formatObjectPath(parsed), given);
        const file = localPathOf('/folder', parsed.key);
        assert.ok(file.startsWith('/folder/') && file === path.normalize(file) && !file.includes('\0'));
      } catch (error) {
        refused(error);
      }
      try {
        const key = joinKey(parseObjectPrefix(given).key, name);
        assert.ok(!key.split('/').includes('..') && !/\p{Cc}/u.test(key));
      } catch (error) {
        refused(error);
      }
    }),
  );
});
