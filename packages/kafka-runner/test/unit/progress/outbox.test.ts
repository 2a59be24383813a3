import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProducedRecord } from '../../../src/broker/port.ts';
import { Outbox } from '../../../src/progress/outbox.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A client that answers when it is told to. */
function client() {
  const sent: ProducedRecord[] = [];
  const answers: PromiseWithResolvers<void>[] = [];
  const send = (record: ProducedRecord): Promise<void> => {
    sent.push(record);
    const answer = Promise.withResolvers<void>();
    answers.push(answer);
    return answer.promise;
  };
  return { sent, answers, send };
}

test('of what waits for a broker each key has its latest event, and the oldest go when there are too many', () => {
  const outbox = new Outbox('events');
  const { sent, send } = client();
  outbox.put('same', { n: -1 });
  for (let n = 0; n < 1_000; n += 1) outbox.put(`key-${n}`, { n });
  outbox.put('same', { n: 1_000 });
  assert.equal(outbox.dropped, 2);
  outbox.open(send);
  assert.deepEqual([sent.length, sent[0]], [200, { topic: 'events', key: 'key-1', value: '{"n":1}' }]);
});

test('a client that does not answer holds nobody up, and so does one that refuses', async () => {
  const outbox = new Outbox('events');
  const { sent, answers, send } = client();
  outbox.open(send);
  for (let n = 0; n < 5_000; n += 1) outbox.put(`key-${n}`, { n });
  assert.equal(sent.length, 200);
  assert.equal(outbox.dropped, 5_000 - 200 - 1_000);
  for (const { reject } of answers.splice(0)) reject(new Error('no such topic'));
  await turn();
  assert.equal(sent.length, 400, 'the next ones');
  assert.equal(outbox.dropped, 5_000 - 1_000);
});

test('whoever closes waits for what is under way, within a bound', async () => {
  const outbox = new Outbox('events');
  const { answers, send } = client();
  outbox.open(send);
  await outbox.empty(60_000);
  outbox.put('a', {});
  const startedMs = performance.now();
  await outbox.empty(20);
  assert.ok(performance.now() - startedMs >= 19);
  const empty = outbox.empty(60_000);
  answers[0]?.resolve();
  await empty;
  assert.equal(outbox.dropped, 0);
});
