// Expected: 100,000 jobs are compared in a few seconds and bounded memory (bench/verify.ts does it with a million), and
// not one of them is overlooked; large records take no more memory than small ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CtlUnderTest, type Report } from './ctl-under-test.ts';
import { measureCtl, sendMany } from './many-jobs.ts';

const count = 100_000;

test('many jobs, one of them done twice and one not at all', { timeout: 180_000 }, async (t) => {
  const partitions = 4;
  const ctl = await CtlUnderTest.open(t, { partitions });
  const { jobs, results, errors } = ctl.topics;
  await sendMany(ctl.servers, { ...ctl.topics, partitions }, count);
  const place = { topic: jobs, partition: 3, offset: 24_999 };
  await ctl.producer.send([ctl.result(place), { topic: jobs, partition: 1, value: Buffer.from('{}') }]);
  const args = ['verify', jobs, results, ...ctl.servers, '-e', errors, '--json'];
  const { code, stdout, stderr, seconds, peakBytes } = await measureCtl(args);
  t.diagnostic(`${seconds.toFixed(1)} s, ${(peakBytes / 1e6).toFixed(0)} MB`);
  const found = JSON.parse(stdout) as Report;
  assert.deepEqual([code, found.jobs, found.results, stderr], [1, count + 1, count + 1, '']);
  assert.deepEqual(found.doubled, { count: 1, examples: [`${jobs}/3@24999`] });
  assert.deepEqual(found.unmatched, { count: 1, examples: [`${jobs}/1@25000`] });
  assert.ok(seconds < 60, `${seconds} s`);
  assert.ok(peakBytes < 400e6, `${peakBytes} bytes`);
});

test('large records, and then small ones again', { timeout: 180_000 }, async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const { jobs, results, errors } = ctl.topics;
  const large = { topic: jobs, value: Buffer.alloc(900_000, 'x') };
  for (let sent = 0; sent < 1_000; sent += 100) await ctl.producer.send(Array.from({ length: 100 }, () => large));
  await ctl.producer.send(Array.from({ length: 20_000 }, () => ({ topic: jobs, value: null })));
  const args = ['verify', jobs, results, ...ctl.servers, '-e', errors, '--json'];
  const { code, stdout, stderr, seconds, peakBytes } = await measureCtl(args);
  t.diagnostic(`${seconds.toFixed(1)} s, ${(peakBytes / 1e6).toFixed(0)} MB`);
  assert.deepEqual([code, (JSON.parse(stdout) as Report).unmatched.count, stderr], [1, 21_000, '']);
  assert.ok(peakBytes < 400e6, `${peakBytes} bytes`);
});
