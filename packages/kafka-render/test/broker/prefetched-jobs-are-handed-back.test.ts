// SIGTERM while a job renders and others are prepared behind it. Expected: the worker hands back all of them, without a record,
// and the next one does them, each once, as a first attempt. With time to end, it ends the job that renders, and no other.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RenderFarm } from '../render-farm.ts';

for (const timeout of ['0', '60']) {
  test(`jobs that were prefetched are handed back: --shutdown-timeout ${timeout}`, { timeout: 120_000 }, (t) =>
    stopAndGoOn(t, timeout),
  );
}

async function stopAndGoOn(t: TestContext, timeout: string): Promise<void> {
  const farm = await RenderFarm.open(t);
  const [slow, counter] = [await farm.putScene('slow-counter'), await farm.putScene('counter')];
  const worker = farm.startWorker({ args: ['-d', '--shutdown-timeout', timeout, '--prefetch', '2'] });
  const long = { scenePath: slow, numFrames: 40 };
  const short = [2, 3, 4, 5].map((jobId) => farm.job({ scenePath: counter, jobId }));
  await farm.send(farm.job({ ...long, jobId: 1 }));
  await worker.isRendering();
  await farm.send(...short);
  while ((await ofJobs(farm)).length < 3) await sleep(10);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  const { length } = timeout === '0' ? [] : (await farm.ended(1)).results;
  assert.equal(length, timeout === '0' ? 0 : 1);
  await farm.untilCommitted(length);
  assert.deepEqual(await farm.jobFolders(), []);

  const next = farm.startWorker();
  const { results, errors } = await farm.ended(5, 80);
  assert.deepEqual(errors, []);
  assert.deepEqual(
    results.map(({ headers }) => [headers['job-offset'], headers['attempt']]),
    ['0', '1', '2', '3', '4'].map((offset) => [offset, '1']),
  );
  await farm.untilCommitted(5);
  assert.deepEqual(await next.stop(), { code: 0, signal: null });
}

/** A job that is prepared has a folder already. */
async function ofJobs(farm: RenderFarm): Promise<string[]> {
  return (await farm.jobFolders()).filter((name) => !name.includes('/resident-'));
}
