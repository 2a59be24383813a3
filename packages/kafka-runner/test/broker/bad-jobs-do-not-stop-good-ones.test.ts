// Expected: whatever is wrong with a job, it ends with one error record of a stable code that holds the message, no
// response, and an advanced offset; the good job behind it is done.
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';

const job = (...command: string[]): string => JSON.stringify({ jobId: 7, command });
const deep = `{"jobId": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`;

/** What is sent, and the code of its error record. */
const bad: [string | Buffer | null, string][] = [
  [job('sh', '-c', 'echo the disk is full >&2; exit 3'), 'command-failed'],
  [job('sh', '-c', 'kill -SEGV $$'), 'command-failed'],
  [job('/nowhere/blender'), 'command-not-started'],
  [job('echo', 'a\0b'), 'command-not-started'],
  ['HELLO!', 'message-not-json'],
  [Buffer.from([0xff, 0x00, 0xfe]), 'message-not-json'],
  [Buffer.alloc(250_000, 1), 'message-not-json'],
  [deep, 'message-too-deep'],
  ['', 'message-empty'],
  [null, 'message-empty'],
  ['[]', 'no-command'],
  ['null', 'no-command'],
  [`{"jobId": "${'x'.repeat(900_000)}"}`, 'no-command'],
];

test('bad jobs leave an error record each, and do not stop the good one', { timeout: 60_000 }, async (t) => {
  const runner = await RunnerUnderTest.create(t);
  for (const [value] of bad) await runner.sendValue(value);
  await runner.send({ jobId: 8, command: ['echo', 'good'] });
  const worker = runner.start({ retryDelayMs: 100 });
  await worker.logged(/^completed$/);
  const { terminals } = await runner.assertAllDone();
  // Those that are tried again come later.
  const errors = terminals
    .filter(({ kind }) => kind === 'error')
    .toSorted((a, b) => Number(a.value['offset']) - Number(b.value['offset']));
  assert.deepEqual(
    errors.map(({ value }) => value['code']),
    bad.map(([, code]) => code),
  );
  assert.deepEqual(
    terminals.filter(({ kind }) => kind === 'result').map(({ value }) => value['printed']),
    ['good'],
  );

  const { time, ...first } = errors[0]?.value ?? {};
  assert.deepEqual(first, {
    kind: 'job',
    jobId: 7,
    code: 'command-failed',
    message: 'the command exited with 3; its last lines:\nthe disk is full',
    topic: runner.inTopic,
    partition: 0,
    offset: 0,
    attempts: 3,
    headers: {},
    value: bad[0]?.[0],
    valueBytes: String(bad[0]?.[0]).length,
    runner: 'TestRunner',
    host: hostname(),
  });
  assert.ok(Date.parse(String(time)) > 0);
  assert.equal((await worker.stop()).exitCode, 0);
});
