import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';
import { blendersOf } from '../processes.ts';

// tmp_render_out is empty when a worker has stopped, however its jobs ended. What a killed worker left there goes at the
// next start, and what a living worker has there stays.

const limit = { timeout: 120_000 };

const folderOf = (farm: RenderFarm): string => path.join(farm.folder.cwd, 'tmp_render_out');

/** Everything below tmp_render_out, folders too. */
const contentOf = (farm: RenderFarm): Promise<string[]> => readdir(folderOf(farm), { recursive: true });

test('after a success and after a failure while rendering', limit, async (t) => {
  const farm = await RenderFarm.open(t);
  const good = await farm.putScene('counter');
  const bad = await farm.putScene('render-error');
  const worker = farm.startWorker();
  await farm.send(farm.job({ scenePath: good }), farm.job({ jobId: 2, scenePath: bad }));
  const { results, errors } = await farm.ended(2);
  assert.deepEqual([results.length, errors.length], [1, 1]);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  assert.deepEqual(await contentOf(farm), []);
});

test('after SIGTERM in the middle of a job', limit, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('slow');
  const worker = farm.startWorker({ args: ['-d', '--shutdown-timeout', '0'] });
  await farm.send(farm.job({ scenePath }));
  await worker.isRendering();
  assert.notDeepEqual(await contentOf(farm), []);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  assert.deepEqual(await contentOf(farm), []);
  assert.deepEqual(await blendersOf(farm.folder.cwd), []);
});

test('leftovers of a killed worker go, those of a living one stay', limit, async (t) => {
  const farm = await RenderFarm.open(t, { inTopic: { partitions: 2 } });
  const scenePath = await farm.putScene('slow');
  const job = JSON.stringify(farm.job({ scenePath }));
  const [killed, living] = [
    farm.startWorker({ args: ['-d'] }),
    farm.startWorker({ args: ['-d', '--shutdown-timeout', '0'] }),
  ];
  await Promise.all([killed.isListening(), living.isListening()]);
  for (const partition of [0, 1]) await farm.kafka.send(farm.topics.jobs, [job], { partition });
  await Promise.all([killed.isRendering(), living.isRendering()]);
  const both = (await readdir(folderOf(farm))).toSorted();
  assert.equal(both.length, 2);
  killed.kill('SIGKILL');
  await killed.ended;
  assert.deepEqual((await readdir(folderOf(farm))).toSorted(), both, 'nobody was there to clean up');

  const next = farm.startWorker({ group: `${farm.group}-next`, args: ['--shutdown-timeout', '0'] });
  await next.isListening();
  const names = await readdir(folderOf(farm));
  const owner = (pid: number) => names.filter((name) => name.includes(`-${pid}-`)).length;
  assert.deepEqual(
    [killed, living, next].map(({ pid }) => owner(pid)),
    [0, 1, 1],
  );
  const ofLiving = names.find((name) => name.includes(`-${living.pid}-`)) ?? '';
  assert.ok((await readdir(path.join(folderOf(farm), ofLiving), { recursive: true })).length > 1, 'its job goes on');
  await Promise.all([living.stop(), next.stop()]);
  assert.deepEqual(await contentOf(farm), []);
});

test('two workers at once in one working directory', limit, async (t) => {
  const farm = await RenderFarm.open(t, { inTopic: { partitions: 2 } });
  const scenePath = await farm.putScene('counter');
  const workers = [farm.startWorker({ args: ['--concurrency', '2'] }), farm.startWorker()];
  await Promise.all(workers.map((worker) => worker.isListening()));
  for (const partition of [0, 1]) {
    const jobs = [1, 2, 3].map((number) =>
      farm.job({ jobId: partition * 3 + number, scenePath, startFrame: number, numFrames: 2 }),
    );
    await farm.kafka.send(
      farm.topics.jobs,
      jobs.map((job) => JSON.stringify(job)),
      { partition },
    );
  }
  const { errors } = await farm.ended(6);
  assert.deepEqual(errors, []);
  for (let jobId = 1; jobId <= 6; jobId += 1) {
    const first = ((jobId - 1) % 3) + 1;
    assert.deepEqual(await farm.framesAt(`out/${jobId}`), {
      [`000${first}.png`]: first,
      [`000${first + 1}.png`]: first + 1,
    });
  }
  for (const worker of workers)
    assert.ok(
      worker.log.some(({ message }) => message === 'completed'),
      'both had jobs',
    );
  await Promise.all(workers.map((worker) => worker.stop()));
  assert.deepEqual(await contentOf(farm), []);
});
