// Expected: throughput and lag follow from the records alone, also those of the time before; a worker that has said nothing
// for a while is called silent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activity, workerRows } from '../../src/history/activity.ts';
import { aHeartbeat, aHistory, aJob, anError, aResult } from '../a-history.ts';

const minute = 60_000;
const nowMs = 1_000 * minute;

test('throughput and lag by minute', () => {
  const { database, history } = aHistory();
  history.take([
    // Long ago: one is done since then, one waits still, and one was done then.
    aJob(0, {}, 10 * minute),
    aJob(1, {}, 10 * minute),
    aJob(2, {}, 10 * minute),
    aResult(2, 20 * minute),
    aResult(0, nowMs - 2.5 * minute),
    aJob(3, {}, nowMs - 3.5 * minute),
    anError(3, {}, nowMs - 0.5 * minute),
    // Its own record is gone: it counts as ended, and never as waiting.
    aResult(9, nowMs - 0.5 * minute),
  ]);
  const { buckets, bucketSeconds } = activity(database, 1, nowMs);
  assert.equal(bucketSeconds, 60);
  assert.equal(buckets.length, 60);
  assert.equal(buckets[0]?.lag, 2);
  assert.deepEqual(
    buckets.slice(-4).map(({ completed, failed, lag }) => ({ completed, failed, lag })),
    [
      { completed: 0, failed: 0, lag: 3 },
      { completed: 1, failed: 0, lag: 2 },
      { completed: 0, failed: 0, lag: 2 },
      { completed: 1, failed: 1, lag: 1 },
    ],
  );
});

test('workers', () => {
  const { database, history } = aHistory();
  history.take([
    aHeartbeat('old', nowMs - 30_000),
    aHeartbeat('gone', nowMs - 30_000, { state: 'stopped' }),
    aHeartbeat('busy', nowMs - 1_000, { state: 'draining' }),
    // An older one that comes later says nothing.
    aHeartbeat('busy', nowMs - 9_000),
    aHeartbeat('hostile', nowMs, { version: '\u202e<b>', partitions: 'none', slots: 'many', state: '<b>'.repeat(50) }),
    aResult(5, nowMs - 1_000),
  ]);
  const rows = new Map(workerRows(database, nowMs).map((row) => [row.worker, row]));
  assert.deepEqual([...rows.keys()].toSorted(), ['busy', 'gone', 'hostile', 'old', 'w-1']);
  assert.equal(rows.get('old')?.state, 'silent');
  assert.equal(rows.get('gone')?.state, 'stopped');
  assert.deepEqual([rows.get('busy')?.state, rows.get('busy')?.lag, rows.get('busy')?.partitions], ['draining', 4, 2]);
  assert.equal(rows.get('hostile')?.version, '\\u202e<b>');
  assert.equal(rows.get('hostile')?.state, 'unknown');
  assert.deepEqual([rows.get('w-1')?.state, rows.get('w-1')?.ended], ['unknown', 1]);
});
