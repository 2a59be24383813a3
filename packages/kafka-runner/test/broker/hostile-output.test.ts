// Expected: what a command prints (orders to a terminal, lines that look like ours, bytes that are no text) is text in the log and
// in the error record, and forges nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

const forged = '{"level":"error","code":"forged","message":"partitions assigned"}';
const printed = String.raw`\033[2J\033]0;owned\007\302\233\n${forged.replaceAll('"', String.raw`\"`)}\n\377\376\000\r\b\n`;

test('hostile output', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  await runner.send({ jobId: 1, command: ['sh', '-c', `printf "${printed}"; printf "${printed}" >&2; exit 3`] });
  const worker = await runner.startAssigned({ maxAttempts: 1 });
  const { terminals } = await runner.assertAllDone();
  assert.deepEqual([terminals[0]?.kind, terminals[0]?.value['code']], ['error', 'command-failed']);
  assert.doesNotMatch(terminals[0]?.record.value ?? '', /\p{Cc}/u);
  await worker.stop();
  assert.doesNotMatch(worker.text.replaceAll('\n', ''), /\p{Cc}/u);
  assert.ok(worker.text.includes('owned') && worker.text.includes('forged'), 'it was shown');
  assert.ok(worker.lines.every(({ code }) => code !== 'forged'));
});
