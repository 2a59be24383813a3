// Expected: whatever order the records of several topics come in, the same is known of a job; its result or error record
// has the last word; what anybody may have written into a topic neither stops the dashboard nor reaches it unbounded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FollowedRecord } from 'kafka-runner';
import { jobDetail, jobPage, stageCounts } from '../../src/history/job-queries.ts';
import { aHeartbeat, aHistory, aJob, anError, anEvent, aResult } from '../a-history.ts';

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

function detailAfter(records: readonly FollowedRecord[], offset = 7) {
  const { database, history } = aHistory();
  // Each alone: the order within a topic is Kafka's, that of topics is anybody's.
  for (const record of records) history.take([record]);
  return jobDetail(database, 'jobs', 0, offset);
}

/** What an event says of a job that is over may be known or not. */
const ofEvents = ['framesDone', 'frame', 'sample', 'samples', 'etaSeconds', 'states'];

test('records of a job in any order', () => {
  const headers = { 'seconds-queued': '0.5', 'seconds-rendered': '2.25', 'seconds-total': '2.75' };
  const records = [
    aJob(7),
    anEvent(7, 'rendering', 2_000, { framesDone: 1, frame: 2, sample: 3, samples: 8, etaSeconds: 4 }),
    aResult(7, 5_000, headers),
  ];
  const all = permutations(records).map((order) => detailAfter(order));
  for (const detail of all) {
    const known = Object.entries(detail ?? {}).filter(([name]) => !ofEvents.includes(name));
    assert.deepEqual(Object.fromEntries(known), {
      partition: 0,
      offset: 7,
      name: 'jobs-0-7',
      state: 'completed',
      stage: 'completed',
      jobId: '7',
      scene: 'scenes/a.blend',
      output: 'frames/a',
      startFrame: 1,
      numFrames: 3,
      submittedMs: 1_007,
      endedMs: 5_000,
      worker: 'w-1',
      code: null,
      attempt: 2,
      message: null,
      advice: null,
      phases: [
        { phase: 'queued', seconds: 0.5 },
        { phase: 'rendered', seconds: 2.25 },
        { phase: 'total', seconds: 2.75 },
      ],
      wasSentAgain: false,
      retryOf: null,
    });
  }
});

test('an event says how far a job is; an older one says nothing any more', () => {
  const detail = detailAfter([
    aJob(7),
    anEvent(7, 'rendering', 3_000, { frame: 2, framesDone: 1, states: [{ state: 'accepted', time: 'T' }] }),
    anEvent(7, 'staged', 2_000),
  ]);
  assert.equal(detail?.state, 'rendering');
  assert.equal(detail.stage, 'running');
  assert.equal(detail.frame, 2);
  assert.deepEqual(detail.states, [{ state: 'accepted', time: 'T' }]);
});

test('how a job failed, and what to do', () => {
  const detail = detailAfter([aJob(7), anError(7)]);
  assert.equal(detail?.state, 'rejected');
  assert.equal(detail.stage, 'failed');
  assert.equal(detail.advice?.advice, 'Add one.');
  assert.equal(detailAfter([anError(7, { code: 'crashed' })])?.state, 'failed');
  assert.equal(detailAfter([anError(7, { code: 'cancelled' })])?.state, 'cancelled');
  assert.equal(detailAfter([anError(7, { code: 'of-another-runner' })])?.advice, null);
  assert.equal(detailAfter([aJob(7), anError(7), anError(7, { kind: 'retry' })])?.wasSentAgain, true);
});

test('records that are about no job of this topic', () => {
  const { database, history } = aHistory();
  history.take([
    anError(1, { topic: 'others' }),
    anError(1, { kind: 'log' }),
    anError(1, { offset: 'x' }),
    aResult(1, 1, { 'job-topic': 'others' }),
    aResult(1, 1, { 'job-offset': 'x' }),
    anEvent(1, 'dancing', 1_000),
    anEvent(1, 'rendering', 1_000, { time: 'soon' }),
    { ...aHeartbeat('w', 1_000), value: Buffer.from('['.repeat(100_000)) },
    { ...aHeartbeat('w', 1_000), value: null },
  ]);
  assert.deepEqual(jobPage(database, 'jobs', { limit: 10 }).jobs, []);
});

test('whatever a job holds', () => {
  const { database, history } = aHistory();
  const megabyte = 'x'.repeat(1_000_000);
  history.take([
    aJob(0, 'no JSON'),
    aJob(1, '['.repeat(100_000)),
    aJob(2, { jobId: megabyte, scenePath: megabyte, outputLocation: megabyte, startFrame: 1e300, numFrames: 'all' }),
    aJob(3, { jobId: '<img src=x onerror=alert(1)>', scenePath: 'a\u202egnp.exe\u0000\u001b[2J' }),
    aJob(4, '{"jobId": 123456789012345678901234567890}'),
    aJob(5, { jobId: { a: [1] }, scenePath: '\ud800', outputLocation: 7 }),
  ]);
  const rows = jobPage(database, 'jobs', { limit: 10 }).jobs.toReversed();
  assert.equal(rows.length, 6);
  assert.ok(JSON.stringify(rows).length < 10_000);
  assert.deepEqual([rows[0]?.jobId, rows[1]?.jobId], [null, null]);
  assert.deepEqual([rows[2]?.output, rows[2]?.startFrame, rows[2]?.numFrames], [null, null, null]);
  assert.equal(rows[3]?.jobId, '<img src=x onerror=alert(1)>');
  assert.equal(rows[3]?.scene, 'a\\u202egnp.exe\\u0000\\u001b[2J');
  assert.equal(rows[4]?.jobId, '123456789012345678901234567890');
  assert.equal(rows[5]?.jobId, '{"a":[1]}');
});

test('a topic that was made anew holds other jobs at the same places', () => {
  const { database, history } = aHistory();
  history.take([aJob(0), aJob(1), aJob(2)]);
  history.take([aJob(0, { jobId: 'new' })]);
  const { jobs } = jobPage(database, 'jobs', { limit: 10 });
  assert.deepEqual(
    jobs.map(({ jobId }) => jobId),
    ['new'],
  );
  assert.equal(history.position('jobs', 0), 1);
});

test('what fails in the middle of a batch leaves neither rows nor positions', () => {
  const { database, history } = aHistory();
  const broken = { ...aJob(1), offset: Number.NaN };
  assert.throws(() => history.take([aJob(0), broken]));
  assert.equal(history.position('jobs', 0), undefined);
  assert.equal(stageCounts(database).queued, 0);
});
