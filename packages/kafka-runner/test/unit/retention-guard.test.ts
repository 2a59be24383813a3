import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetentionGuard } from '../../src/retention-guard.ts';
import { aRecord } from './a-record.ts';
import { recordingLogger } from './recording-logger.ts';

const hour = 3_600_000;

test('warns of the oldest job when four fifths of the retention are over, and once an hour', () => {
  const { logger, lines } = recordingLogger();
  const guard = new RetentionGuard(10 * hour, logger);
  const jobs = [aRecord({ offset: 8, timestampMs: 3 * hour }), aRecord({ offset: 7, timestampMs: hour })];
  guard.look(jobs, 8 * hour);
  assert.deepEqual(lines, []);
  guard.look(jobs, 9 * hour);
  guard.look(jobs, 9.5 * hour);
  assert.deepEqual(
    lines.map(({ code, offset }) => ({ code, offset })),
    [{ code: 'retention-near', offset: 7 }],
  );
  guard.look(jobs, 10 * hour);
  assert.equal(lines.length, 2);
});

test('says nothing without jobs, or without their times', () => {
  const { logger, lines } = recordingLogger();
  const guard = new RetentionGuard(1, logger);
  guard.look([], hour);
  guard.look([aRecord({ timestampMs: undefined })], hour);
  assert.deepEqual(lines, []);
});
