import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNamedJob, placeName } from '../../../src/renderctl/named-job.ts';

test('a job is called by its place, as submit, retry and verify print it, or by its jobId', () => {
  const place = { topic: 'render-2.job', partition: 0, offset: 12 };
  assert.deepEqual(parseNamedJob('render-2.job-0-12'), { place });
  assert.deepEqual(parseNamedJob('render-2.job/0@12'), { place });
  assert.deepEqual(parseNamedJob(placeName(place)), { place });
  assert.deepEqual(parseNamedJob('90071992547409931'), { jobId: '90071992547409931' });
  for (const wrong of ['render.job', 'render.job-0', 'a b-0-1', '', 'x/0-1']) {
    assert.throws(() => parseNamedJob(wrong), /is no job: it must be TOPIC-PARTITION-OFFSET, or a jobId/);
  }
});
