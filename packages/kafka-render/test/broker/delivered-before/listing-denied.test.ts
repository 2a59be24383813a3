// The worker's storage key may write to the output location and not list it, or list it and not read it. Expected: a job that
// comes again is rendered again, nothing fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framesRendered, numbered, RenderFarm } from '../../render-farm.ts';

const rights = { 'without s3:ListBucket': [], 'without s3:GetObject': ['s3:ListBucket'] };
for (const [name, more] of Object.entries(rights)) {
  test(name, { timeout: 60_000 }, async (t) => {
    const farm = await RenderFarm.open(t);
    const scenePath = await farm.putScene('counter');
    const user = { accessKey: farm.bucket, secretKey: `secret-of-${farm.bucket}` };
    await farm.storage.addUser(user.accessKey, user.secretKey, [
      ['s3:GetObject', `${farm.bucket}/scenes/*`],
      ['s3:PutObject', `${farm.bucket}/out/*`],
      ...more.map((action) => [action, farm.bucket] as const),
    ]);
    const worker = farm.startWorker({ folder: await farm.anotherFolder({ ...farm.lab.minio, ...user }), args: ['-d'] });
    const job = farm.job({ scenePath, startFrame: 1, numFrames: 2 });
    await farm.send(job, job);
    const { results, errors } = await farm.ended(2);
    assert.deepEqual([results.length, errors], [2, []]);
    assert.deepEqual(framesRendered(worker), [1, 2, 1, 2]);
    assert.deepEqual(await farm.framesAt('out/1'), numbered(1, 2));
  });
}
