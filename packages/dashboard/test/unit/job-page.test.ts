// Expected: pages hold each of 100,000 jobs once, in order, also while others arrive; search and states find what they name,
// and take well below the time that a person notices.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stages } from '../../src/api.ts';
import { jobPage, stageCounts, type JobFilter } from '../../src/history/job-queries.ts';
import { aHistory, aJob, anError, aResult } from '../a-history.ts';

const count = 100_000;
const { database, history } = aHistory();
for (let start = 0; start < count; start += 1_000) {
  const offsets = Array.from({ length: 1_000 }, (_, index) => start + index);
  // Ten of a millisecond: their order has to be one nevertheless.
  history.take(
    offsets.map((offset) => aJob(offset, { scenePath: `scenes/${offset % 7}.blend` }, Math.floor(offset / 10))),
  );
}
history.take([aResult(10), aResult(11), anError(12), anError(13, { code: 'cancelled' })]);

function page(filter: Partial<JobFilter>) {
  const begunMs = performance.now();
  const found = jobPage(database, 'jobs', { limit: 200, ...filter });
  return { ...found, tookMs: performance.now() - begunMs };
}

test('all of them, a page at a time, while others arrive', () => {
  const seen: number[] = [];
  let slowestMs = 0;
  let next: string | null = null;
  do {
    const found: ReturnType<typeof page> = page(next === null ? {} : { before: next });
    seen.push(...found.jobs.map(({ offset }) => offset));
    slowestMs = Math.max(slowestMs, found.tookMs);
    if (seen.length === 400) history.take([aJob(count)]);
    next = found.next;
  } while (next !== null);
  assert.deepEqual(
    seen,
    Array.from({ length: count }, (_, index) => count - 1 - index),
  );
  assert.ok(slowestMs < 100, `a page took ${slowestMs} ms`);
});

test('by state', () => {
  assert.deepEqual(
    page({ stage: 'completed' }).jobs.map(({ offset }) => offset),
    [11, 10],
  );
  assert.deepEqual(
    page({ stage: 'failed' }).jobs.map(({ state }) => state),
    ['rejected'],
  );
  assert.equal(page({ stage: 'cancelled' }).jobs[0]?.offset, 13);
  assert.ok(page({ stage: 'queued' }).tookMs < 100);
  const counts = stageCounts(database);
  assert.equal(
    stages.reduce((sum, stage) => sum + counts[stage], 0),
    count + 1,
  );
  assert.deepEqual([counts.completed, counts.failed, counts.cancelled, counts.running], [2, 1, 1, 0]);
});

test('by words, wherever they stand, and nothing in them is a pattern', () => {
  const [first] = page({ search: 'SCENES/3.blend 70' }).jobs;
  assert.match(`${first?.scene} ${first?.jobId}`, /scenes\/3\.blend .*70/);
  assert.equal(page({ search: 'jobs-0-99998' }).jobs[0]?.offset, 99_998);
  assert.deepEqual(page({ search: '%' }).jobs, []);
  assert.deepEqual(page({ search: "_' OR 1 --" }).jobs, []);
  const nothing = Array.from({ length: 3 }, () => page({ search: 'nowhere' }));
  assert.deepEqual(nothing[0]?.jobs, []);
  const tookMs = Math.min(...nothing.map((each) => each.tookMs));
  assert.ok(tookMs < 2_000, `a search of everything took ${tookMs} ms`);
});
