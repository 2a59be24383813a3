// Expected: a line of level error goes to the error topic as well, as a record of kind log that names the job it is
// about but cannot be taken for its terminal record; the job goes on and has its one result.
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

test('an error that an author logs', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  await runner.send({ jobId: 7, command: ['echo', 'good'], logsError: true });
  const worker = runner.start();
  await worker.logged(/^completed$/);
  assert.equal((await worker.stop()).exitCode, 0);
  const { terminals, logLines } = await runner.assertAllDone();
  assert.deepEqual(
    terminals.map(({ kind }) => kind),
    ['result'],
  );
  const [{ time, ...line } = {}, ...more] = logLines;
  assert.deepEqual(more, []);
  assert.deepEqual(line, {
    kind: 'log',
    job: `${runner.inTopic}/0@0`,
    level: 'error',
    code: 'of-the-author',
    message: 'the lamp is out',
    runner: 'TestRunner',
    host: hostname(),
  });
  assert.ok(Date.parse(String(time)) > 0);
});
