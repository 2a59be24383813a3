// Expected: when no broker answers, a runner says so in one clear line that names what to check, within its time-out,
// and exits with 1; one that is told to stop meanwhile does.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../../lab/free-port.ts';
import { RunnerProcess } from '../kafka/runner-process.ts';

async function startWithoutBroker(
  t: TestContext,
  connectTimeoutMs: number,
): Promise<{ worker: RunnerProcess; address: string }> {
  const address = `127.0.0.1:${await freePort()}`;
  const options = { inTopic: 'jobs', groupId: 'group', bootstrapServers: [address], connectTimeoutMs };
  return { worker: new RunnerProcess(t, options), address };
}

test('nobody answers: one clear line, exit 1, in time', { timeout: 30_000 }, async (t) => {
  const { worker, address } = await startWithoutBroker(t, 2_000);
  const { exitCode, tookMs } = await worker.end();
  assert.equal(exitCode, 1);
  assert.ok(tookMs < 8_000, `${tookMs} ms`);
  const [line = '', ...others] = worker.lines.map(({ message }) => message);
  assert.deepEqual(others, []);
  assert.ok(line.startsWith(`test-runner: no Kafka broker answered at ${address} within 2 s (`), line);
  assert.match(line, /Connection refused.*: check the addresses, the network and the security settings$/);
});

test('told to stop while nobody answers: exit 0, long before the time-out', { timeout: 30_000 }, async (t) => {
  const { worker } = await startWithoutBroker(t, 25_000);
  await sleep(1_500);
  const { exitCode, tookMs } = await worker.stop();
  assert.equal(exitCode, 0);
  assert.ok(tookMs < 7_000, `${tookMs} ms`);
});
