import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { loadRenderSchemas } from '../../src/render-schemas.ts';

const schemas = path.join(import.meta.dirname, '../../schemas');

async function copyOfSchemas(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'schemas-'));
  t.after(() => rm(folder, { recursive: true }));
  await cp(schemas, folder, { recursive: true });
  return folder;
}

async function load(folder: string) {
  const warnings: string[] = [];
  const warn = (_about: unknown, message?: string): void => void warnings.push(String(message));
  return { ...(await loadRenderSchemas(folder, { warn })), warnings };
}

const [jobFile, outputFile] = ['render_job.schema.json', 'render_output.schema.json'];

test('both are there', async () => {
  const { job, output, warnings } = await load(schemas);
  assert.equal(job?.faults({}).length, 4);
  assert.equal(output?.faults({}).length, 3);
  assert.deepEqual(warnings, []);
});

test('no folder: a warning for each, with its absolute path', async () => {
  const { job, output, warnings } = await load('no/such/folder');
  assert.deepEqual([job, output], [undefined, undefined]);
  assert.equal(warnings.length, 2);
  assert.ok(warnings[0]?.includes(path.resolve('no/such/folder', jobFile)), warnings[0]);
  assert.ok(warnings[1]?.includes(path.resolve('no/such/folder', outputFile)), warnings[1]);
});

test('the schema of results is missing', async (t) => {
  const folder = await copyOfSchemas(t);
  await rm(path.join(folder, outputFile));
  const { job, output, warnings } = await load(folder);
  assert.ok(job);
  assert.deepEqual([output, warnings.length], [undefined, 1]);
});

test('the schema of jobs is missing, which that of results refers to: neither is checked', async (t) => {
  const folder = await copyOfSchemas(t);
  await rm(path.join(folder, jobFile));
  const { job, output, warnings } = await load(folder);
  assert.deepEqual([job, output, warnings.length], [undefined, undefined, 2]);
  assert.match(warnings[1] ?? '', /render_output.*render_job\.schema\.json/);
});

for (const [what, text] of Object.entries({
  'no JSON': '{',
  'no schema': '{ "$id": "render_job.schema.json", "type": "nonsense" }',
  'another $id': '{ "$id": "other.json" }',
  'no $id': '{ "type": "object" }',
  'a list': '[]',
})) {
  test(`a schema that is ${what} is unreadable`, async (t) => {
    const folder = await copyOfSchemas(t);
    await writeFile(path.join(folder, jobFile), text);
    const { job, warnings } = await load(folder);
    assert.equal(job, undefined);
    assert.ok(warnings[0]?.includes(jobFile), warnings[0]);
  });
}
