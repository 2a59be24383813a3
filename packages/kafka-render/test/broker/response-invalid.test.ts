// The schema of results asks for what no result has. Expected: the job ends with an error record, and nothing of it has
// reached its output location.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { RenderFarm } from '../render-farm.ts';

test('nothing is uploaded for a response that is not valid', { timeout: 60_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const file = path.join(farm.folder.schemas, 'render_output.schema.json');
  const schema = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...schema, required: ['approvedBy'] }));
  const scenePath = await farm.putScene('counter');
  farm.startWorker();
  await farm.send(farm.job({ scenePath }));
  const { results, errors } = await farm.ended(1);
  assert.deepEqual(results, []);
  assert.equal(JSON.parse(errors[0]?.value ?? '').code, 'response-invalid');
  assert.deepEqual(await farm.storage.keys(farm.bucket, 'out/'), []);
});
