import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toConsumedRecord } from '../../../src/broker/consumed-record.ts';
import { monotonicSeconds } from '../../../src/job-phases.ts';

/** How long a record with this timestamp has waited when it arrives. */
function waitedSeconds(timestamp: number | undefined): number {
  const record = { value: null, size: 0, topic: 'jobs', offset: 0, partition: 0, ...(timestamp && { timestamp }) };
  const { queuedSince } = toConsumedRecord(record);
  return monotonicSeconds() - queuedSince;
}

test('a record has waited since it was written', () => {
  const waited = waitedSeconds(Date.now() - 90_000);
  assert.ok(waited >= 90 && waited < 91, `${waited} s`);
});

test('one without a timestamp, or from a clock that is ahead, has waited since it arrived', () => {
  for (const timestamp of [undefined, -1, Date.now() + 3_600_000]) {
    const waited = waitedSeconds(timestamp);
    assert.ok(waited >= 0 && waited < 1, `${String(timestamp)}: ${waited} s`);
  }
});
