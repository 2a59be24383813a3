import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';

// The worker's storage key may not do what a job asks for: that job fails, with a code and the place in its record, and the
// next one is done.

test('buckets that may not be written, read or made', { timeout: 90_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  const forbidden = `${farm.bucket}-forbidden`;
  await farm.storage.makeBucket(forbidden);
  const user = { accessKey: farm.bucket, secretKey: `secret-of-${farm.bucket}` };
  await farm.storage.addUser(user.accessKey, user.secretKey, [
    ['s3:GetObject', `${farm.bucket}/scenes/*`],
    ['s3:PutObject', `${farm.bucket}/out/*`],
  ]);
  const folder = await farm.anotherFolder({ ...farm.lab.minio, ...user });
  farm.startWorker({ folder });

  const refused = [
    { outputLocation: `${forbidden}/frames` },
    { outputLocation: `${farm.bucket}-that-cannot-be-made/frames` },
    { scenePath: `${forbidden}/counter.blend` },
  ];
  const jobs = refused.flatMap((fields, index) => [{ ...fields, jobId: 10 + index }, { jobId: 20 + index }]);
  await farm.send(...jobs.map((fields) => farm.job({ scenePath, ...fields })));
  const { results, errors } = await farm.ended(jobs.length);

  const records = errors.map(({ value }) => JSON.parse(value ?? '') as Record<string, unknown>);
  assert.deepEqual(
    records.map(({ jobId, code }) => [jobId, code]),
    refused.map((_, index) => [10 + index, 'access-denied']),
  );
  for (const [index, { outputLocation, scenePath: scene }] of refused.entries()) {
    const message = String(records[index]?.['message']);
    assert.ok(message.includes(outputLocation ?? scene ?? ''), message);
    assert.ok(!message.includes(user.secretKey), 'keeps the secret');
  }
  assert.equal(results.length, refused.length);
  for (const index of refused.keys()) assert.deepEqual(await farm.framesAt(`out/${20 + index}`), { '0007.png': 7 });
  assert.deepEqual(await farm.storage.keys(forbidden), []);
  await farm.untilCommitted(jobs.length);
});

test('a key that storage does not accept at all: no job is blamed for it', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  const folder = await farm.anotherFolder({ ...farm.lab.minio, secretKey: 'a-wrong-secret' });
  const worker = farm.startWorker({ folder, args: ['--shutdown-timeout', '0'] });
  await farm.send(farm.job({ scenePath }));
  const warning = await worker.said(({ code }) => code === 'storage-credentials-refused');
  assert.equal(warning.level, 'warn');
  assert.match(warning.message, /Check the access key and secret key/);
  assert.ok(!worker.tail().includes('a-wrong-secret'), 'keeps the secret');
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  assert.deepEqual(await farm.ended(0), { results: [], errors: [] });

  farm.startWorker();
  assert.equal((await farm.ended(1)).results.length, 1, 'a worker with the right key does it');
});
