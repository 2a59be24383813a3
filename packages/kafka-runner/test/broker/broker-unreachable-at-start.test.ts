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

test(
  'after 3 s it says what it waits for; told to stop then: exit 0, long before the time-out',
  { timeout: 30_000 },
  async (t) => {
    const { worker, address } = await startWithoutBroker(t, 25_000);
    const giveUpAt = performance.now() + 15_000;
    while (worker.lines.length === 0 && performance.now() < giveUpAt) await sleep(100);
    const { exitCode, tookMs } = await worker.stop();
    assert.equal(exitCode, 0);
    const said = worker.lines.map(({ message }) => message).filter((message) => message.includes('has answered'));
    assert.deepEqual(said, [`no Kafka broker has answered at ${address} for 3 s: waiting for up to 25 s`]);
    assert.ok(tookMs < 7_000, `${tookMs} ms`);
  },
);
