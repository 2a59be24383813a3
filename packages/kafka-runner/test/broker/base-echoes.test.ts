// Expected: the base, used directly, echoes each message to its log and sends nothing; the offsets advance.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

test('the base echoes and sends nothing', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  const values = ['"HELLO!"', '{"jobId":9223372036854775808}', '"$(id) `id` two  spaces"'];
  for (const value of values) await runner.sendValue(value);
  const base = runner.start({}, { fixture: 'base-runner.ts' });
  await base.logged(/^completed$/, values.length);
  assert.equal((await base.stop()).exitCode, 0);
  const echoed = base.lines.filter(({ stream }) => stream === 'stdout').map(({ message }) => message);
  assert.deepEqual(echoed, ['HELLO!', '{"jobId":9223372036854775808}', '$(id) `id` two  spaces']);
  const { terminals, committed } = await runner.look(0);
  assert.deepEqual([terminals, committed], [[], { 0: 3 }]);
});
