import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestPauseMs, slowestRecoveryMs, type Audit } from '../../kafka/audit.ts';

const nothing = { lost: [], doubled: [], unknown: [], unfinished: [], ends: {}, committed: {} };

function seen(jobs: readonly (readonly [partition: number, sentMs: number, ...endsMs: number[]])[]): Audit {
  const named = jobs.map(([partition, timestampMs, ...endsMs], index) => ({
    job: { name: `jobs/${partition}@${index}`, partition, timestampMs },
    endsMs,
  }));
  const terminals = named.flatMap(({ job, endsMs }) =>
    endsMs.map((timestampMs) => ({ ...job, timestampMs, kind: 'result' as const })),
  );
  return { ...nothing, jobs: named.map(({ job }) => job), terminals };
}

test('the time from a fault to the next end of a job that waited', () => {
  assert.equal(
    slowestRecoveryMs(
      seen([
        [0, 0, 90],
        [0, 0, 130],
        [0, 0, 170],
      ]),
      [100],
    ),
    30,
  );
});

test('of the partitions the one that stood still longest counts', () => {
  assert.equal(
    slowestRecoveryMs(
      seen([
        [0, 0, 130],
        [1, 0, 190],
      ]),
      [100],
    ),
    90,
  );
});

test('a fault before that end begins the time anew', () => {
  assert.equal(slowestRecoveryMs(seen([[0, 0, 140]]), [100, 110, 120]), 20);
});

test('and the time between two faults counts, if nothing ended in it', () => {
  assert.equal(slowestRecoveryMs(seen([[0, 0, 200]]), [100, 190]), 90);
  assert.equal(slowestRecoveryMs(seen([[0, 0]]), [100, 190]), Infinity);
});

test('a job that was sent later says nothing, nor does the second record of one that was over', () => {
  assert.equal(
    slowestRecoveryMs(
      seen([
        [0, 120, 150],
        [1, 0, 90, 140],
      ]),
      [100],
    ),
    0,
  );
});

test('a job that never ends: for ever', () => {
  assert.equal(slowestRecoveryMs(seen([[0, 0]]), [100]), Infinity);
});

test('the longest time between two ends, of whatever partition and in whatever order they were read', () => {
  const ends = seen([
    [0, 0, 170],
    [1, 0, 100],
    [0, 0, 110],
  ]);
  assert.equal(longestPauseMs(ends), 60);
  assert.equal(longestPauseMs(seen([[0, 0, 100]])), 0);
});
