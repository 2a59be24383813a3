import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { describeFaults, SchemaSet } from '../../../src/schemas/schema.ts';

const job = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'job.schema.json',
  type: 'object',
  properties: { jobId: { type: 'integer' }, startFrame: { type: 'integer', minimum: 0, default: 0 } },
  required: ['jobId'],
};
const result = {
  $id: 'result.schema.json',
  type: 'object',
  properties: { job: { $ref: 'job.schema.json' } },
  required: ['job'],
};

async function fileWith(t: TestContext, content: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'schema-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'schema.json');
  await writeFile(file, content);
  return file;
}

async function setOf(t: TestContext, ...schemas: object[]): Promise<SchemaSet> {
  const set = new SchemaSet();
  for (const schema of schemas) await set.add(await fileWith(t, JSON.stringify(schema)));
  return set;
}

test('a valid value has no faults and is not changed', async (t) => {
  const schema = (await setOf(t, job)).find('job.schema.json');
  const value = { jobId: 1, anything: 'else' };
  assert.deepEqual(schema.faults(value), []);
  assert.deepEqual(value, { jobId: 1, anything: 'else' });
});

test('all faults are named at once, each with its place', async (t) => {
  const schema = (await setOf(t, job)).find('job.schema.json');
  const faults = schema.faults({ jobId: 'one', startFrame: -1 });
  assert.deepEqual(faults, [
    { path: '/jobId', expected: 'must be integer' },
    { path: '/startFrame', expected: 'must be >= 0' },
  ]);
  assert.equal(describeFaults(faults), '/jobId must be integer; /startFrame must be >= 0');
  assert.equal(describeFaults(schema.faults({})), "the value must have required property 'jobId'");
  assert.equal(describeFaults(schema.faults([])), 'the value must be object');
});

test('an integer beyond 2^53 is an integer, within its bounds too', async (t) => {
  const schema = (await setOf(t, job)).find('job.schema.json');
  assert.deepEqual(schema.faults({ jobId: 9223372036854775808n, startFrame: 9007199254740993n }), []);
  assert.equal(describeFaults(schema.faults({ jobId: 1, startFrame: -9007199254740993n })), '/startFrame must be >= 0');
});

test('one schema refers to another by its $id, in whatever order they were added', async (t) => {
  const schema = (await setOf(t, result, job)).find('result.schema.json');
  assert.deepEqual(schema.faults({ job: { jobId: 1 } }), []);
  assert.equal(describeFaults(schema.faults({ job: {} })), "/job must have required property 'jobId'");
});

test('a schema that is missing, also one that is referred to, is an error that names it', async (t) => {
  const set = await setOf(t, result);
  assert.throws(() => set.find('other.schema.json'), /no schema with \$id other\.schema\.json/);
  assert.throws(() => set.find('result.schema.json'), /job\.schema\.json/);
});

test('a file that is missing, no JSON, or no schema is refused', async (t) => {
  const set = new SchemaSet();
  await assert.rejects(set.add('/nowhere/schema.json'), { code: 'ENOENT' });
  await assert.rejects(set.add(await fileWith(t, '{')), SyntaxError);
  await assert.rejects(set.add(await fileWith(t, '{"$id": "x", "type": "nothing"}')), /schema is invalid/);
});
