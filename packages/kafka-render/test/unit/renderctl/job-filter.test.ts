import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isMeant, parseMoment, type JobFilter } from '../../../src/renderctl/retry/job-filter.ts';
import { aFailedJob } from './a-failed-job.ts';

const endedMs = Date.parse('2026-03-01T12:00:00.000Z');

const filters: readonly { readonly filter: JobFilter; readonly meant: boolean }[] = [
  { filter: {}, meant: true },
  { filter: { codes: ['timed-out', 'command-failed'] }, meant: true },
  { filter: { codes: ['timed-out'] }, meant: false },
  { filter: { jobIds: ['1'] }, meant: true },
  { filter: { jobIds: ['11'] }, meant: false },
  { filter: { jobs: ['jobs/0@7'] }, meant: true },
  { filter: { jobs: ['jobs/0@77'] }, meant: false },
  { filter: { sinceMs: endedMs }, meant: true },
  { filter: { sinceMs: endedMs + 1 }, meant: false },
  { filter: { untilMs: endedMs }, meant: false },
  { filter: { untilMs: endedMs + 1 }, meant: true },
];

for (const { filter, meant } of filters) {
  test(`${JSON.stringify(filter)}: ${meant}`, () => assert.equal(isMeant(filter, aFailedJob()), meant));
}

test('a job is meant when each filter alone means it', () => {
  const some = fc.record({ filter: fc.constantFrom(...filters), other: fc.constantFrom(...filters) });
  fc.assert(
    fc.property(some, ({ filter, other }) => {
      const isOne = Object.keys(filter.filter).some((name) => name in other.filter);
      fc.pre(!isOne);
      assert.equal(isMeant({ ...filter.filter, ...other.filter }, aFailedJob()), filter.meant && other.meant);
    }),
  );
});

test('a job whose id could not be read has none of the ids, a time that is no time is at no time', () => {
  assert.equal(isMeant({ jobIds: ['undefined'] }, aFailedJob({ jobId: undefined })), false);
  assert.equal(isMeant({ sinceMs: 0 }, aFailedJob({ time: 'yesterday' })), false);
});

test('moments', () => {
  const nowMs = Date.parse('2026-03-02T00:00:00Z');
  assert.equal(parseMoment('2026-03-01T12:00:00Z', nowMs), endedMs);
  assert.equal(parseMoment('2026-03-01', nowMs), Date.parse('2026-03-01'));
  assert.equal(parseMoment('90m', nowMs), nowMs - 5_400_000);
  assert.equal(parseMoment('2h', nowMs), nowMs - 7_200_000);
  assert.equal(parseMoment('3d', nowMs), nowMs - 3 * 86_400_000);
  for (const wrong of ['', 'yesterday', '5', '2w', '-1h', '2026-13-01'])
    assert.ok(Number.isNaN(parseMoment(wrong, nowMs)), wrong);
});
