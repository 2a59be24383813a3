// Expected: with a group everything that was sent before the first start is done, from the earliest offset on; each job
// gets one response, and in the end what is committed is the end of the topic. The next runner of the group goes on
// from there and does nothing twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

test('a group starts at the earliest offset, and then where it ended', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  await runner.send({ jobId: 1, command: ['echo', 'one'] }, { jobId: 2, command: ['echo', 'two'] });
  const first = runner.start();
  await first.logged(/^completed$/, 2);
  assert.equal((await first.stop()).exitCode, 0);
  const { terminals } = await runner.assertAllDone();
  assert.deepEqual(
    terminals.map(({ kind, value }) => [kind, value['jobId'], value['printed']]),
    [
      ['result', 1, 'one'],
      ['result', 2, 'two'],
    ],
  );

  await runner.send({ jobId: 3, command: ['echo', 'three'] });
  const second = runner.start();
  await second.logged(/^completed$/);
  await runner.assertAllDone();
  assert.equal((await second.stop()).exitCode, 0);
  assert.equal(second.lines.filter(({ message }) => message === 'completed').length, 1);
});
