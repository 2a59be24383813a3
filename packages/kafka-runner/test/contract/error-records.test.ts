// Expected: whatever a runner writes to the error topic, a job's terminal record or a line of its log, is valid by the
// schema that readers of the topic are given.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { ProducedRecord } from '../../src/broker/port.ts';
import { jobErrorRecord } from '../../src/error-record.ts';
import { FailedError } from '../../src/errors.ts';
import { parseJson, stringifyJson } from '../../src/json.ts';
import { ErrorTopicStream } from '../../src/logging/error-topic-stream.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { SchemaSet } from '../../src/schemas/schema.ts';
import { aRecord } from '../unit/a-record.ts';

const schemas = new SchemaSet();
await schemas.add(path.join(import.meta.dirname, '../../../kafka-render/schemas/error_record.schema.json'));
const schema = schemas.find('error_record.schema.json');

const assertValid = (json: string): void => assert.deepEqual(schema.faults(parseJson(json)), [], json.slice(0, 500));

test('terminal records: text, bytes, nothing, too much, in brief', () => {
  const error = new FailedError('command-failed', 'the command exited with 3');
  const values = [
    Buffer.from('{"jobId": 1}'),
    Buffer.from([0xff, 0]),
    null,
    Buffer.alloc(0),
    Buffer.alloc(400_000, 'x'),
  ];
  for (const value of values) {
    for (const brief of [false, true]) {
      const context = { runner: 'test', attempts: 1, fields: { jobId: 9223372036854775808n }, brief };
      assertValid(stringifyJson(jobErrorRecord(error, aRecord({ value }), context)));
    }
  }
});

test('lines of the log, also of a job, with and without an error', async () => {
  const sent: ProducedRecord[] = [];
  const errorStream = new ErrorTopicStream('errors');
  errorStream.open(async (record) => void sent.push(record));
  const silent = { isTTY: false, write: () => true } as unknown as NodeJS.WriteStream;
  const logger = createLogger({ runner: 'test', level: 'info', errorStream, console: silent });
  logger.error({ code: 'x' }, 'a line of the worker');
  logger.error({ err: new Error('the cause') }, 'another');
  logger.child({ topic: 'jobs', partition: 0, offset: 7, jobId: 1n }).error('a line of a job');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(sent.length, 3);
  for (const { value } of sent) assertValid(String(value));
});

test('a record that lacks what its kind promises is not valid', () => {
  const context = { runner: 'test', attempts: 1, fields: {} };
  const { offset: _offset, ...record } = jobErrorRecord(new FailedError('x', 'oh'), aRecord(), context);
  assert.notDeepEqual(schema.faults(record), []);
  assert.notDeepEqual(schema.faults({ ...record, offset: 1, kind: 'log', level: 'error' }), []);
});
