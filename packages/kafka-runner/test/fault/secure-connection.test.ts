// Expected: with TLS and a login (PLAIN or SCRAM-SHA-256) a runner works as without; with a wrong password, an unknown
// authority or no TLS at all it says what is wrong, without the password, and exits with 1.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { startSecureKafka } from '../kafka/secure-kafka.ts';

test('TLS and SASL towards a real broker', { timeout: 120_000 }, async (t) => {
  const { kafka, secureServer, caFile, otherCaFile, username, password } = await startSecureKafka(t);
  const bootstrapServers = [secureServer];
  const mechanisms = ['PLAIN', 'SCRAM-SHA-256'] as const;

  for (const mechanism of mechanisms) {
    await t.test(`${mechanism}: works`, async (t) => {
      const runner = await RunnerUnderTest.create(t, { kafka });
      await runner.send({ jobId: 1, command: ['echo', 'one'] });
      const sasl = { mechanism, username, password };
      const worker = await runner.startAssigned({ bootstrapServers, tls: { caFile }, sasl });
      await worker.logged(/^completed$/);
      assert.equal((await worker.stop()).exitCode, 0);
      await runner.assertAllDone();
      assert.ok(!worker.text.includes(password));
    });
  }

  const right = { mechanism: 'PLAIN', username, password } as const;
  const refusals = [
    {
      name: 'a wrong password, PLAIN',
      tls: { caFile },
      sasl: { ...right, password: `${password}!` },
      says: /[Aa]uthentication failed/,
    },
    {
      name: 'a wrong password, SCRAM',
      tls: { caFile },
      sasl: { mechanism: 'SCRAM-SHA-256', username, password: `${password}!` } as const,
      says: /[Aa]uthentication failed/,
    },
    { name: 'an unknown authority', tls: { caFile: otherCaFile }, sasl: right, says: /certificate/ },
    { name: 'no TLS', tls: false, sasl: right, says: /broker/ },
    {
      name: 'a missing file',
      tls: { caFile: '/nowhere/ca.pem' },
      sasl: right,
      says: /tls\.caFile: \/nowhere\/ca\.pem cannot be read \(ENOENT\)/,
    },
  ];
  for (const { name, tls, sasl, says } of refusals) {
    await t.test(`${name}: one clear line, exit 1`, async (t) => {
      const runner = await RunnerUnderTest.create(t, { kafka });
      const worker = runner.start({ bootstrapServers, tls, sasl, connectTimeoutMs: 3_000 });
      assert.equal((await worker.end()).exitCode, 1);
      const last = worker.lines.at(-1)?.message ?? '';
      assert.match(last, /^test-runner: /);
      assert.match(last, says);
      assert.ok(!worker.text.includes(password));
    });
  }
});
