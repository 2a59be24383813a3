// Whatever stands in a record: it is decoded, or rejected with a code; and its error record is JSON of one line that the broker takes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FailedError, RejectedError } from '../../../src/errors.ts';
import { jobErrorRecord } from '../../../src/error-record.ts';
import { jobFields } from '../../../src/job-fields.ts';
import { isJsonObject, stringifyJson } from '../../../src/json.ts';
import { decodeMessage } from '../../../src/message.ts';
import { printableJson } from '../../../src/printable.ts';
import { aRecord } from '../a-record.ts';
import { anyJson, anyText, fuzz } from './fuzz-runs.ts';

const codes = ['message-empty', 'message-too-large', 'message-not-json', 'message-too-deep'];
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  anyJson.map((text) => Buffer.from(text)),
  fc.constant(null),
);

test('messages', () => {
  fuzz(
    fc.property(bytes, (value) => {
      const record = aRecord({ value });
      try {
        stringifyJson(decodeMessage(record, 10_000).value);
      } catch (error) {
        assert.ok(error instanceof RejectedError && codes.includes(error.code), String(error));
      }
    }),
  );
});

test('error records', () => {
  fuzz(
    fc.property(
      bytes,
      anyText,
      fc.dictionary(anyText, anyText),
      fc.dictionary(anyText, fc.anything()),
      (value, message, headers, described) => {
        const record = aRecord({ value, headers });
        const fields = jobFields(isJsonObject(described) ? described : {});
        const context = { runner: 'fuzz', attempts: 1, fields };
        const text = printableJson(stringifyJson(jobErrorRecord(new FailedError('x', message), record, context)));
        assert.doesNotMatch(text, /[\p{Cc}\u2028-\u202e]/u);
        const { kind, code, offset } = JSON.parse(text) as Record<string, unknown>;
        assert.deepEqual([kind, code, offset], ['job', 'x', 0]);
        assert.ok(Buffer.byteLength(text) < 1_000_000);
      },
    ),
  );
});
