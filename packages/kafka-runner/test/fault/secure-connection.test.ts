// Expected: with TLS and a login (PLAIN, SCRAM, a token of an identity provider) or a certificate of its own a runner works as
// without; with a wrong password, an unknown authority or no TLS at all it says what is wrong, without the password, and exits
// with 1.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KafkaRunnerOptions } from '../../src/options.ts';
import { RunnerUnderTest } from '../kafka/runner-under-test.ts';
import { startSecureKafka } from '../kafka/secure-kafka.ts';
import { startTokenServer } from '../kafka/token-server.ts';

type Security = Pick<KafkaRunnerOptions, 'bootstrapServers' | 'tls' | 'sasl'>;

test('TLS and SASL towards a real broker', { timeout: 240_000 }, async (t) => {
  const { kafka, secureServer, certificateServer, certificates, username, password } = await startSecureKafka(t);
  const { caFile, otherCaFile, clientCertificateFile, clientKeyFile } = certificates;
  const tokens = await startTokenServer(t, certificates, { username, password });
  const bootstrapServers = [secureServer];
  const right = { mechanism: 'PLAIN', username, password } as const;
  const byToken = { mechanism: 'OAUTHBEARER', username, password, tokenUrl: tokens.url, tokenCaFile: caFile } as const;
  const tls = { caFile };
  const withCertificate = { caFile, certificateFile: clientCertificateFile, keyFile: clientKeyFile };

  const ways: Readonly<Record<string, Security>> = {
    PLAIN: { bootstrapServers, tls, sasl: right },
    'SCRAM-SHA-256': { bootstrapServers, tls, sasl: { ...right, mechanism: 'SCRAM-SHA-256' } },
    'SCRAM-SHA-512': { bootstrapServers, tls, sasl: { ...right, mechanism: 'SCRAM-SHA-512' } },
    OAUTHBEARER: { bootstrapServers, tls, sasl: { ...byToken, scope: 'render' } },
    'a certificate': { bootstrapServers: [certificateServer], tls: withCertificate },
  };
  for (const [name, security] of Object.entries(ways)) {
    await t.test(`${name}: works`, async (t) => {
      const runner = await RunnerUnderTest.create(t, { kafka });
      await runner.send({ jobId: 1, command: ['echo', 'one'] });
      const worker = await runner.startAssigned(security);
      await worker.logged(/^completed$/);
      assert.equal((await worker.stop()).exitCode, 0);
      await runner.assertAllDone();
      assert.ok(!worker.text.includes(password));
    });
  }
  assert.ok(tokens.granted.every((asked) => asked === 'grant_type=client_credentials&scope=render'));
  assert.ok(tokens.granted.length > 0);

  const wrong = `${password}!`;
  const refusals: readonly (Security & { readonly name: string; readonly says: RegExp })[] = [
    ...(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).map((mechanism) => ({
      name: `a wrong password, ${mechanism}`,
      ...{ bootstrapServers, tls, sasl: { ...right, mechanism, password: wrong } },
      says: /[Aa]uthentication failed/,
    })),
    {
      name: 'a wrong password, OAUTHBEARER',
      ...{ bootstrapServers, tls, sasl: { ...byToken, password: wrong } },
      says: /OIDC token .*(401|invalid_client)/,
    },
    {
      name: 'an identity provider of an unknown authority',
      ...{ bootstrapServers, tls, sasl: { ...byToken, tokenCaFile: otherCaFile } },
      says: /OIDC token .*(SSL|certificate)/,
    },
    {
      name: 'no certificate where one is wanted',
      ...{ bootstrapServers: [certificateServer], tls },
      says: /certificate/,
    },
    {
      name: 'an unknown authority',
      ...{ bootstrapServers, tls: { caFile: otherCaFile }, sasl: right },
      says: /certificate/,
    },
    { name: 'no TLS', ...{ bootstrapServers, tls: false, sasl: right }, says: /broker/ },
    {
      name: 'a missing file',
      ...{ bootstrapServers, tls: { caFile: '/nowhere/ca.pem' }, sasl: right },
      says: /tls\.caFile: \/nowhere\/ca\.pem cannot be read \(ENOENT\)/,
    },
  ];
  for (const { name, says, ...security } of refusals) {
    await t.test(`${name}: one clear line, exit 1`, async (t) => {
      const runner = await RunnerUnderTest.create(t, { kafka });
      const worker = runner.start({ ...security, connectTimeoutMs: 3_000 });
      assert.equal((await worker.end()).exitCode, 1);
      const last = worker.lines.at(-1)?.message ?? '';
      assert.match(last, /^test-runner: /);
      assert.match(last, says);
      assert.ok(!worker.text.includes(password));
    });
  }
});
