import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { probeBlender } from '../../src/blender/blender-version.ts';
import { corpus } from '../corpus/corpus.ts';
import { RenderFarm } from '../render-farm.ts';

// A part of the corpus goes through a whole worker: every job ends with the verdict of its scene at the first attempt, and
// the frames of the good ones are in storage. (All of it, without Kafka and storage: blender/corpus.test.ts.)

/** One in so many. */
const share = 4;

test('scenes of the corpus', { timeout: 300_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const whole = await corpus(await probeBlender('blender'));
  const cases = [];
  for (const each of whole.filter(({ job }) => Object.keys(job).length === 0)) {
    // A worker fetches the scene, and nothing beside it.
    if ((await readdir(path.dirname(each.scenePath))).length === 1) cases.push(each);
  }
  const some = cases.filter(({ verdict }, at) => at % share === 0 && verdict !== 'render-error');
  const jobs = [];
  for (const [jobId, { scenePath: file, startFrame, numFrames }] of some.entries()) {
    await farm.storage.put(farm.bucket, `scenes/${jobId}.blend`, file);
    jobs.push(farm.job({ jobId, scenePath: `${farm.bucket}/scenes/${jobId}.blend`, startFrame, numFrames }));
  }
  farm.startWorker();
  await farm.send(...jobs);
  const { results, errors } = await farm.ended(some.length, 250);

  const verdicts = new Map(results.map(({ headers }) => [Number(headers['job-offset']), { verdict: 'good' }]));
  for (const { headers, value } of errors) {
    const { code, attempts } = JSON.parse(value ?? '') as { code: string; attempts: number };
    verdicts.set(Number(headers['job-offset']), {
      verdict: attempts === 1 ? code : `${code} after ${attempts} attempts`,
    });
  }
  assert.deepEqual(
    some.map(({ name }, jobId) => ({ name, ...verdicts.get(jobId) })),
    some.map(({ name, verdict }) => ({ name, verdict })),
  );
  for (const [jobId, { name, files }] of some.entries()) {
    const keys = await farm.storage.keys(farm.bucket, `out/${jobId}/`);
    assert.deepEqual(
      keys.map((key) => path.posix.relative(`out/${jobId}`, key)),
      files,
      name,
    );
  }
});
