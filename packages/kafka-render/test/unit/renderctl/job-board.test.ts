import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawRecord } from 'kafka-runner';
import { JobBoard } from '../../../src/renderctl/watch/job-board.ts';
import { duration, jobLine } from '../../../src/renderctl/watch/job-line.ts';
import { jobTable, progressBar, sumLine } from '../../../src/renderctl/watch/job-table.ts';

const topics = { inTopic: 'jobs', outTopic: 'results', errorTopic: 'errors', progressTopic: 'progress' };
const place = { topic: 'jobs', partition: 0, offset: 12 };

function boardWithAJob(): JobBoard {
  const board = new JobBoard(topics);
  board.add({ ...place, jobId: '1', outputLocation: 'frames/a', numFrames: 10 });
  board.takeChanged();
  return board;
}

function record(topic: string, value: object, headers: RawRecord['headers'] = []): RawRecord {
  return { topic, partition: 0, offset: 0, key: null, value: Buffer.from(JSON.stringify(value)), headers };
}

const progress = (framesDone: number, time: string, more: object = {}): RawRecord =>
  record('progress', {
    kind: 'job',
    ...place,
    state: 'rendering',
    attempt: 1,
    worker: 'w-1',
    framesDone,
    time,
    ...more,
  });

const result = record('results', {}, [
  ['job-topic', Buffer.from('jobs')],
  ['job-partition', Buffer.from('0')],
  ['job-offset', Buffer.from('12')],
]);

const failure = (code: string): RawRecord =>
  record('errors', { kind: 'job', ...place, code, message: 'why\u001b[31m' });

test('frames a minute and the time left come from the progress of this attempt', () => {
  const board = boardWithAJob();
  board.take(progress(2, '2026-01-01T00:00:00Z'));
  board.take(progress(6, '2026-01-01T00:00:30Z'));
  assert.partialDeepStrictEqual(board.jobs[0], { state: 'rendering', framesPerMinute: 8, etaSeconds: 30 });
  assert.equal(jobLine(board.jobs[0]!), 'jobs-0-12 rendering, 6 of 10 frames, 8.0 frames/min, 30 s left');
  board.take(progress(6, '2026-01-01T00:01:00Z', { attempt: 2, etaSeconds: 100 }));
  board.take(progress(7, '2026-01-01T00:02:00Z', { attempt: 2, etaSeconds: 90 }));
  assert.partialDeepStrictEqual(board.jobs[0], { framesPerMinute: 1, etaSeconds: 90 });
});

test('how a job has ended only its terminal record says, and that stays', () => {
  const board = boardWithAJob();
  board.take(progress(10, '2026-01-01T00:00:00Z', { state: 'completed' }));
  assert.equal(board.isOver, false);
  board.take(result);
  assert.equal(board.isOver, true);
  board.takeChanged();
  board.take(progress(3, '2026-01-01T00:00:30Z'));
  board.take(failure('blender-failed'));
  assert.partialDeepStrictEqual(board.jobs[0], { state: 'completed', framesDone: 10 });
  assert.deepEqual(board.takeChanged(), []);
});

test('cancelled is told from failed, and no text gives the terminal orders', () => {
  const [cancelled, failed] = [boardWithAJob(), boardWithAJob()];
  cancelled.take(failure('cancelled'));
  failed.take(failure('blender-failed'));
  assert.equal(cancelled.jobs[0]?.state, 'cancelled');
  assert.equal(jobLine(failed.jobs[0]!), String.raw`jobs-0-12 failed, blender-failed: why\u001b[31m`);
});

test('records of other jobs, and what is no such record, change nothing', () => {
  const board = boardWithAJob();
  board.take(record('results', {}));
  board.take(record('errors', { kind: 'log', message: 'x' }));
  board.take(record('progress', { kind: 'worker', worker: 'w', state: 'running' }));
  board.take({ ...failure('cancelled'), value: Buffer.from('no JSON') });
  board.take(record('errors', { kind: 'job', ...place, offset: 13, code: 'x', message: 'x' }));
  assert.deepEqual(board.takeChanged(), []);
});

test('the table has a bar for each job, what is under way first, and a sum', () => {
  const board = boardWithAJob();
  board.add({ ...place, offset: 13, jobId: '1', outputLocation: 'frames/a', numFrames: 10 });
  board.add({ ...place, offset: 14, jobId: '1', outputLocation: 'frames/a', numFrames: 10 });
  board.take(result);
  board.take(progress(0, '2026-01-01T00:00:00Z', { offset: 14 }));
  board.take(progress(5, '2026-01-01T00:00:30Z', { offset: 14 }));
  const lines = jobTable(board.jobs, 2)
    .split('\n')
    .map((line) => line.trimEnd());
  assert.match(
    lines[0] ?? '',
    /^jobs-0-14 +rendering +█{10}░{10} +50 % +5 of 10 frames +10\.0 frames\/min +30 s left$/,
  );
  assert.match(lines[1] ?? '', /^jobs-0-13 +sent +░{20} +0 %$/);
  assert.deepEqual(lines.slice(2), ['and 1 more', sumLine(board.jobs)]);
  assert.equal(lines.at(-1), '1 of 3 jobs ended, 15 of 30 frames, 10.0 frames/min, 1 min 30 s left');
});

test('bars and durations at their ends', () => {
  assert.equal(progressBar({ numFrames: undefined }), `${'░'.repeat(20)}   0 %`);
  assert.equal(progressBar({ framesDone: 3, numFrames: 3 }), `${'█'.repeat(20)} 100 %`);
  assert.deepEqual([0, 59.6, 125, 12_000].map(duration), ['0 s', '1 min 0 s', '2 min 5 s', '3 h 20 min']);
});
