import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProducedRecord } from '../../../src/broker/port.ts';
import { ErrorTopicStream } from '../../../src/logging/error-topic-stream.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const line = (fields: object): string => JSON.stringify({ level: 'error', message: 'oh', ...fields });

test('a line becomes a record of kind log on the error topic', async () => {
  const sent: ProducedRecord[] = [];
  const stream = new ErrorTopicStream('error.log');
  stream.open(async (record) => void sent.push(record));
  stream.write(line({ code: 'x' }));
  await turn();
  assert.equal(sent[0]?.topic, 'error.log');
  assert.deepEqual(JSON.parse(String(sent[0]?.value)), { kind: 'log', level: 'error', message: 'oh', code: 'x' });
});

test('a line about a job names it, but cannot be taken for its terminal record', async () => {
  const sent: ProducedRecord[] = [];
  const stream = new ErrorTopicStream('error.log');
  stream.open(async (record) => void sent.push(record));
  stream.write(line({ topic: 'jobs', partition: 3, offset: 7, jobId: 5 }));
  await turn();
  assert.deepEqual(JSON.parse(String(sent[0]?.value)), { kind: 'log', job: 'jobs/3@7', level: 'error', message: 'oh' });
});

test('what cannot be sent is dropped and counted, without waiting and without an error', async () => {
  const stream = new ErrorTopicStream('error.log');
  stream.write(line({}));
  assert.equal(stream.dropped, 1, 'before there is a connection');
  stream.open(async () => {
    throw new Error('no broker');
  });
  stream.write(line({}));
  await turn();
  assert.equal(stream.dropped, 2);
});

test('a topic that never answers holds back a hundred lines at most; the rest are dropped and counted', async () => {
  const answer = Promise.withResolvers<void>();
  let sent = 0;
  const stream = new ErrorTopicStream('error.log');
  stream.open(async () => {
    sent += 1;
    await answer.promise;
  });
  for (let i = 0; i < 150; i += 1) stream.write(line({}));
  assert.deepEqual([sent, stream.dropped], [100, 50]);
  answer.resolve();
  await turn();
  stream.write(line({}));
  assert.deepEqual([sent, stream.dropped], [101, 50], 'goes on when the topic answers again');
});
