import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { probeBlender } from '../../src/blender/blender-version.ts';
import { corpus } from '../corpus/corpus.ts';
import { RenderFarm } from '../render-farm.ts';

// A part of the corpus goes through a whole worker, and all scenes that have something beside them: every job ends with the
// verdict of its scene at the first attempt, and the frames of the good ones are in storage. (All of it, without Kafka and
// storage: blender/corpus.test.ts.)

/** One in so many of those that have nothing beside them. */
const share = 4;

/** The names of what lies in a folder, and below. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)));
}

test('scenes of the corpus', { timeout: 300_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const whole = await corpus(await probeBlender('blender'));
  const cases = whole.filter(({ job, verdict }) => Object.keys(job).length === 0 && verdict !== 'render-error');
  const all = await Promise.all(
    cases.map(async (each) => ({ ...each, beside: await filesIn(path.dirname(each.scenePath)) })),
  );
  const some = all.filter(({ beside }, at) => at % share === 0 || beside.length > 1);
  assert.ok(some.filter(({ beside }) => beside.length > 1).length >= 30);
  const jobs = [];
  for (const [jobId, { scenePath: file, beside, startFrame, numFrames }] of some.entries()) {
    const folder = path.dirname(file);
    for (const name of beside) await farm.storage.put(farm.bucket, `scenes/${jobId}/${name}`, path.join(folder, name));
    const scenePath = `${farm.bucket}/scenes/${jobId}/${path.basename(file)}`;
    jobs.push(farm.job({ jobId, scenePath, startFrame, numFrames }));
  }
  // A picture above the scenes' folders, which one of them names.
  const picture = some.flatMap(({ scenePath: file, beside }) => {
    const name = beside.find((each) => each.endsWith('.png'));
    return name === undefined ? [] : [path.join(path.dirname(file), name)];
  })[0];
  await farm.storage.put(farm.bucket, 'scenes/secret.png', picture ?? assert.fail());
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
