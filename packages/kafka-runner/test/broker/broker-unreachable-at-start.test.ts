// Expected: when no broker answers, a runner says so in one clear line that names what to check, within its time-out,
// and exits with 1; one that is told to stop meanwhile does.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { freePort } from '../../../../lab/free-port.ts';
import { RunnerProcess } from '../kafka/runner-process.ts';

async function startWithoutBroker(
  t: TestContext,
  connectTimeoutMs: number,
): Promise<{ worker: RunnerProcess; address: string }> {
  const address = `127.0.0.1:${await freePort()}`;
  const options = { inTopic: 'jobs', groupId: 'group', bootstrapServers: [address], connectTimeoutMs };
  return { worker: new RunnerProcess(t, 'test-runner.ts', options), address };
}

test('nobody answers: one clear line, exit 1, in time', { timeout: 30_000 }, async (t) => {
  const { worker, address } = await startWithoutBroker(t, 2_000);
  const { exitCode, tookMs } = await worker.end();
  assert.equal(exitCode, 1);
  assert.ok(tookMs < 8_000, `${tookMs} ms`);
  const last = worker.lines.at(-1)?.message ?? '';
  assert.match(
    last,
    /^test-runner: no Kafka broker answered at 127\.0\.0\.1:\d+ within 2 s \(.+\): check the addresses/,
  );
  assert.ok(last.includes(address));
  const others = worker.lines.slice(0, -1).map(({ message }) => message);
  assert.ok(others.length <= 2 && others.every((message) => message.startsWith('Kafka: ')), others.join('\n'));
});

test('told to stop while nobody answers: exit 0, long before the time-out', { timeout: 30_000 }, async (t) => {
  const { worker } = await startWithoutBroker(t, 25_000);
  await worker.logged(/^Kafka: /);
  const { exitCode, tookMs } = await worker.stop();
  assert.equal(exitCode, 0);
  assert.ok(tookMs < 7_000, `${tookMs} ms`);
});
