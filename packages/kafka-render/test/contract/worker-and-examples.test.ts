import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { SchemaSet } from 'kafka-runner';
import type { KafkaRecord } from '../kafka-python.ts';
import { RenderFarm } from '../render-farm.ts';
import { exampleMessages, propertyAtFault } from './example-messages.ts';

// The worker takes the good examples and refuses the bad ones, each with one record, and goes on. What it says itself
// is as its schemas promise.

const folder = path.join(import.meta.dirname, '../../schemas');
const schemas = new SchemaSet();
for (const name of ['render_job', 'render_output', 'error_record']) {
  await schemas.add(path.join(folder, `${name}.schema.json`));
}

test('examples of jobs', { timeout: 120_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  await farm.putScene('counter', 'shots/cube.blend');
  const examples = exampleMessages('render_job').toSorted((a, b) => Number(a.isGood) - Number(b.isGood));
  const texts = examples.map(({ text }) =>
    text.replace('example-scenes/', `${farm.bucket}/`).replace('example-frames/', `${farm.bucket}/out/`),
  );
  farm.startWorker();
  await farm.kafka.send(farm.topics.jobs, texts, { key: 'shot 7' });
  const { results, errors } = await farm.ended(examples.length);
  const answer = (offset: number): KafkaRecord[] =>
    [...results, ...errors].filter(({ headers }) => headers['job-offset'] === String(offset));

  for (const [offset, example] of examples.entries()) {
    await t.test(`${example.isGood ? 'good' : 'bad'}: ${example.about}`, () => {
      const [record, ...more] = answer(offset);
      assert.ok(record?.value);
      assert.deepEqual(more, []);
      assert.equal(record.topic, example.isGood ? farm.topics.results : farm.topics.errors);
      assert.equal(record.key, 'shot 7');
      const schema = example.isGood ? 'render_output' : 'error_record';
      assert.deepEqual(schemas.find(`${schema}.schema.json`).faults(JSON.parse(record.value)), []);
      if (example.isGood) assertSameJob(record.value, texts[offset] ?? '');
      else assertNamesFault(JSON.parse(record.value), propertyAtFault(example), texts[offset] ?? '');
    });
  }

  await t.test('the headers of a result and of an error are those in docs/provenance.md', async () => {
    const job = { 'job-topic': farm.topics.jobs, 'job-partition': '0', attempt: '1' };
    const goodOffset = examples.findIndex(({ isGood }) => isGood);
    const [error, result] = [errors[0]?.headers ?? {}, results[0]?.headers ?? {}];
    assertHas(error, { ...job, 'job-offset': '0' });
    assertHas(result, { ...job, 'job-offset': String(goodOffset), engine: 'CYCLES', device: 'CPU' });
    for (const { worker } of [error, result]) assert.match(worker ?? '', /^.+-\d+$/);
    assert.match(result['blender-version'] ?? '', /^\d+\.\d+\.\d+/);
    const page = await headersOfThePage();
    assert.deepEqual(
      Object.keys(result).filter((name) => !page.has(name)),
      [],
    );
    assert.deepEqual(
      Object.keys(error).filter((name) => !page.get(name)?.ofErrors),
      [],
    );
  });

  await t.test('every offset is committed', async () => {
    await farm.untilCommitted(examples.length);
  });

  await t.test('frames begin where the job says, or at 0', async () => {
    assert.deepEqual(await farm.framesAt('out/every-property'), { '0007.png': 7, '0008.png': 8 });
    assert.deepEqual(await farm.framesAt('out/required-properties-only'), { '0000.png': 0 });
  });
});

function assertHas(headers: KafkaRecord['headers'], wanted: Readonly<Record<string, string>>): void {
  assert.deepEqual({ ...headers, ...wanted }, headers);
}

/** By name: whether error records have it, too. */
async function headersOfThePage(): Promise<ReadonlyMap<string, { readonly ofErrors: boolean }>> {
  const text = await readFile(path.join(import.meta.dirname, '../../../../docs/provenance.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    rows.flatMap((row) => {
      const [, names = '', , ofErrors] = row.split('|');
      return Array.from(names.matchAll(/`([\w-]+)`/g), ([, name = '']) => [
        name,
        { ofErrors: ofErrors?.trim() === 'yes' },
      ]);
    }),
  );
}

/** Texts are compared, so that no digit is lost to a number; 7.0 and 7 are the same JSON number. */
function assertSameJob(output: string, job: string): void {
  const compact = JSON.stringify(JSON.parse(job.replace(/\b(\d{17,})\b/, '"$1"'))).replace(/"(\d{17,})"/, '$1');
  assert.ok(output.startsWith(`{"renderJob":${compact},"timestamp":`), output);
}

function assertNamesFault(record: Record<string, unknown>, property: string, job: string): void {
  assert.equal(record['code'], 'schema-invalid');
  assert.ok(String(record['message']).includes(property), String(record['message']));
  assert.equal(record['value'], job);
  assert.equal(record['valueBytes'], Buffer.byteLength(job));
}
