import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { FailedError, SchemaSet } from 'kafka-runner';
import { renderOutput } from '../../src/render-output.ts';

const schemas = new SchemaSet();
for (const name of ['render_job', 'render_output']) {
  await schemas.add(path.join(import.meta.dirname, `../../schemas/${name}.schema.json`));
}
const schema = schemas.find('render_output.schema.json');
const job = { jobId: 2n ** 63n, timestamp: 1, scenePath: 'a/b', outputLocation: 'c/d', extra: [null] };

test('the job as it came, when, and how long it took; nothing else', () => {
  const before = Date.now() / 1_000;
  const { timestamp, ...output } = renderOutput(job, 1.25, schema);
  assert.deepEqual(output, { renderJob: job, elapsedTime: 1.25 });
  assert.ok(typeof timestamp === 'number' && timestamp >= before && timestamp <= Date.now() / 1_000);
});

test('an answer that is not what its readers were promised is not sent', () => {
  const notAJob = { ...job, scenePath: 7 };
  const expected = (error: unknown): boolean =>
    error instanceof FailedError &&
    error.code === 'response-invalid' &&
    /renderJob\/scenePath must be string/.test(error.message);
  assert.throws(() => renderOutput(notAJob, 1, schema), expected);
  assert.throws(() => renderOutput(job, Number.NaN, schema), { code: 'response-invalid' });
});

test('without the schema nobody checks it', () => {
  assert.equal(renderOutput('not even an object', 1, undefined)['renderJob'], 'not even an object');
});
