// Expected: with a real worker, a job that failed is retried, done again, and reconciled: what the worker writes is what
// the program reads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RenderFarm } from '../../render-farm.ts';
import { runCtl, type CtlEnd } from './ctl-under-test.ts';

test(
  'a job without its scene fails, is retried when the scene is there, and all is clean',
  { timeout: 120_000 },
  async (t) => {
    const farm = await RenderFarm.open(t);
    const { jobs, results, errors } = farm.topics;
    const servers = farm.lab.kafka.bootstrapServers;
    const retry = (...options: string[]): Promise<CtlEnd> =>
      runCtl(['retry', jobs, ...servers, '-e', errors, ...options]);
    const verify = (): Promise<CtlEnd> => runCtl(['verify', jobs, results, ...servers, '-e', errors, '-g', farm.group]);
    farm.startWorker();
    const bad = { jobId: 2, timestamp: 1, scenePath: 'no object path', outputLocation: `${farm.bucket}/out` };
    await farm.send(farm.job({ jobId: 1, scenePath: `${farm.bucket}/late.blend` }), bad);
    const first = await farm.ended(2);
    assert.deepEqual([first.results.length, first.errors.length], [0, 2]);
    await farm.untilCommitted(2);
    const clean = await verify();
    assert.equal(clean.code, 0, clean.stdout);

    await farm.putScene('tiny', 'late.blend');
    assert.match((await retry('--code', 'scene-not-found', '--send')).stdout, /^1 sent$/m);
    const { results: done } = await farm.ended(3);
    assert.equal(done.length, 1);
    assert.equal(done[0]?.headers['job-offset'], '2');
    assert.deepEqual((JSON.parse(done[0]?.value ?? '') as { renderJob: { jobId: number } }).renderJob.jobId, 1);
    assert.match((await retry()).stdout, /1 sent before.*1 to be sent|1 to be sent.*1 sent before/);
    assert.equal((await verify()).code, 0);

    // The other one fails again, as a job of its own, and can be retried again.
    assert.match((await retry('--job-id', '2', '--send')).stdout, /^1 sent$/m);
    assert.equal((await farm.ended(4)).errors.length, 3);
    assert.match((await retry('--job-id', '2', '--send')).stdout, /^1 sent before, 1 sent$/m);
    assert.equal((await farm.ended(5)).errors.length, 4);
    const end = await verify();
    assert.equal(end.code, 0, end.stdout);
  },
);
