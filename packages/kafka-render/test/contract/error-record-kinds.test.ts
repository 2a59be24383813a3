// Expected: of the three kinds of record on the error topic only `job` ends a job, for every reader: `verify`, `retry`, and
// Python programs that count; what `retry` writes is valid by the schema.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { SchemaSet } from 'kafka-runner';
import { runPython, type PythonClients } from '../../../../lab/python.ts';
import { readErrorRecord } from '../../src/renderctl/retry/failed-job.ts';
import { markOf } from '../../src/renderctl/retry/send-again.ts';
import { readError } from '../../src/renderctl/verify/terminal-record.ts';
import { CtlUnderTest } from '../broker/renderctl/ctl-under-test.ts';
import { exampleMessages } from './example-messages.ts';

const schemaFile = path.join(import.meta.dirname, '../../schemas/error_record.schema.json');
const schemas = new SchemaSet();
await schemas.add(schemaFile);

const examples = exampleMessages('error_record')
  .filter(({ isGood }) => isGood)
  .map(({ text }) => {
    const fields = JSON.parse(text) as Record<string, unknown>;
    const value = Buffer.from(text);
    return { fields, record: { topic: 'errors', partition: 0, offset: 0, key: null, value, headers: [] } };
  });

test('there is a good example of each kind', () => {
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as { properties: { kind: { enum: string[] } } };
  assert.deepEqual(new Set(examples.map(({ fields }) => fields['kind'])), new Set(schema.properties.kind.enum));
  assert.deepEqual(schema.properties.kind.enum, ['job', 'log', 'retry']);
});

test('verify: only kind job ends a job', () => {
  for (const { fields, record } of examples) {
    const { kind, topic, partition, offset } = fields;
    const expected = kind === 'job' ? { kind: 'error', job: { topic, partition, offset } } : { kind: 'other' };
    assert.deepEqual(readError(record), expected);
  }
});

test('retry: kind job has failed, kind retry was sent, a log line is neither', () => {
  for (const { fields, record } of examples) {
    assert.equal(readErrorRecord(record)?.kind, fields['kind'] === 'log' ? undefined : fields['kind']);
  }
});

test('the mark that retry writes is valid', () => {
  const schema = schemas.find('error_record.schema.json');
  for (const jobId of ['7', undefined]) {
    const mark = markOf({ job: { topic: 'jobs', partition: 1, offset: 12 }, jobId });
    assert.deepEqual(schema.faults(JSON.parse(JSON.stringify(mark))), []);
  }
});

// The old client hands each marker of a transaction to its reader as a message of six zero bytes.
const versions: Record<PythonClients, { readonly version: string; readonly markers: Record<string, number> }> = {
  old: { version: '2.0.2', markers: { '000000000000': 1 } },
  current: { version: '3.', markers: {} },
};

test('Python programs count the failed jobs, also after they were sent again', { timeout: 60_000 }, async (t) => {
  const ctl = await CtlUnderTest.open(t);
  const { errors } = ctl.topics;
  await ctl.fail(await ctl.sendJobs([{ value: Buffer.from('{"jobId": 1}') }, { value: Buffer.from('{"jobId": 2}') }]));
  await ctl.producer.send(
    examples
      .filter(({ fields }) => fields['kind'] === 'log')
      .map(({ record: { value } }) => ({ topic: errors, value })),
  );
  assert.match((await ctl.retry('--send')).stdout, /^2 sent$/m);
  const script = path.join(import.meta.dirname, '../python/error_kinds.py');
  for (const clients of ['old', 'current'] as const) {
    const { version, markers } = versions[clients];
    const said = JSON.parse(await runPython(script, [ctl.servers.join(','), errors], { clients })) as {
      version: string;
      kinds: unknown;
    };
    assert.ok(said.version.startsWith(version), said.version);
    assert.deepEqual(said.kinds, { job: 2, log: 1, retry: 2, ...markers });
  }
});
