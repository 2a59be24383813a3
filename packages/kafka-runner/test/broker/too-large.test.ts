// Expected: a message of 20 MB, on a topic that allows it, is rejected without having been parsed; a response that no
// broker takes is how its job failed. One error record each, and the next job is done.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

test('a message and a response that are too large', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t, { config: { 'max.message.bytes': '25000000' } });
  await runner.sendValue(`{"jobId": 1, "command": ["true"], "padding": "${'x'.repeat(20_000_000)}"}`);
  await runner.send({ jobId: 2, command: ['true'], responseBytes: 2_000_000 }, { jobId: 3, command: ['echo', 'good'] });
  const worker = runner.start();
  await worker.logged(/^completed$/);
  const { terminals } = await runner.assertAllDone();
  const ends = terminals.map(({ kind, value }) => [kind, value['code'] ?? value['printed']]);
  assert.deepEqual(ends, [
    ['result', 'good'],
    ['error', 'message-too-large'],
    ['error', 'record-too-large'],
  ]);
  const [, large, answer] = terminals.map(({ value }) => value);
  assert.deepEqual([large?.['value'], large?.['valueBytes']], [undefined, 20_000_048]);
  assert.equal(answer?.['jobId'], 2);
});
