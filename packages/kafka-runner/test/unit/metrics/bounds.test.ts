import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundedLabel } from '../../../src/metrics/bounded-label.ts';
import { WorkEstimate } from '../../../src/metrics/work-estimate.ts';

test('a label has a bound, and what came first stays', () => {
  const label = boundedLabel();
  const values = Array.from({ length: 1_000 }, (_, index) => label(`code-${index}`));
  assert.equal(new Set(values).size, 101);
  assert.equal(values.at(-1), 'other');
  assert.equal(label('code-7'), 'code-7');
});

test('the work of a job: the mean of the first ones, then older ones fade', () => {
  const work = new WorkEstimate();
  assert.equal(work.secondsPerJob, undefined);
  for (const seconds of [1, 2, 3]) work.add(seconds);
  assert.equal(work.secondsPerJob, 2);
  for (let job = 0; job < 200; job += 1) work.add(10);
  assert.ok(Math.abs((work.secondsPerJob ?? 0) - 10) < 0.01);
});
