// Expected: a jobId beyond 2^53 comes back digit for digit, in the response, in the error record and in the log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

const jobId = '9223372036854775808';

test('a jobId of 2^63 keeps all its digits', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  await runner.sendValue(`{"jobId": ${jobId}, "command": ["true"]}`);
  await runner.sendValue(JSON.stringify(`{"jobId": ${jobId}, "command": ["false"]}`));
  const worker = runner.start();
  const { terminals } = await runner.assertAllDone();
  assert.deepEqual(
    terminals.map(({ kind }) => kind),
    ['result', 'error'],
  );
  for (const { record } of terminals) assert.match(record.value ?? '', new RegExp(`"jobId":${jobId}[,}]`));
  await worker.logged(/^failed: /);
  assert.ok(worker.text.includes(`"jobId":${jobId},`));
});
