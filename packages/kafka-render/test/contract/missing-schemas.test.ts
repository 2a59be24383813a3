import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';

// A schema is missing or unreadable: the worker warns, names the file, and goes on without validating those messages. A
// message that still cannot be acted on is refused.

test('no schemas at all', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  await rm(farm.folder.schemas, { recursive: true });
  const worker = farm.startWorker();
  const unvalidated = { ...farm.job({ scenePath }), jobId: 'not a number', timestamp: undefined };
  await farm.send({ jobId: 1 }, farm.job({ scenePath, numFrames: 0 }), unvalidated);
  const { results, errors } = await farm.ended(3);

  const warned = worker.log.filter(({ level, code }) => level === 'warn' && code === 'schema-unreadable');
  for (const name of ['render_job.schema.json', 'render_output.schema.json']) {
    const file = path.join(farm.folder.schemas, name);
    assert.equal(warned.filter(({ message }) => message.includes(file)).length, 1, `one warning names ${file}`);
  }
  const records = errors.map(({ value }) => JSON.parse(value ?? '') as Record<string, unknown>);
  assert.deepEqual(
    records.map(({ code }) => code),
    ['job-unusable', 'job-unusable'],
  );
  assert.match(String(records[0]?.['message']), /scenePath.*outputLocation/);
  assert.match(String(records[1]?.['message']), /numFrames/);
  assert.equal(results.length, 1);
  assert.equal(JSON.parse(results[0]?.value ?? '').renderJob.jobId, 'not a number');
});

test('the schema of jobs is not JSON, that of results is good', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  await writeFile(path.join(farm.folder.schemas, 'render_job.schema.json'), '{ "type": ');
  const worker = farm.startWorker();
  await farm.send(farm.job({ scenePath }), { jobId: 1 });
  const { results, errors } = await farm.ended(2);
  assert.ok(
    worker.log.some(({ code, message }) => code === 'schema-unreadable' && message.includes('render_job.schema.json')),
  );
  assert.deepEqual([results.length, errors.length], [1, 1]);
});

test('other folders can be set', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  const elsewhere = await farm.anotherFolder();
  await rm(farm.folder.schemas, { recursive: true });
  await rm(farm.folder.credentialsFile);
  const args = ['--schemas', elsewhere.schemas, '--credentials', elsewhere.credentialsFile];
  const worker = farm.startWorker({ args });
  await farm.send(farm.job({ scenePath }), farm.job({ scenePath, timestamp: 'now' }));
  const { results, errors } = await farm.ended(2);
  assert.deepEqual([results.length, errors.length], [1, 1]);
  assert.equal(JSON.parse(errors[0]?.value ?? '').code, 'schema-invalid');
  assert.deepEqual(
    worker.log.filter(({ level }) => level !== 'info').map(({ code }) => code),
    ['schema-invalid'],
  );
});
