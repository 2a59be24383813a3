import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientSettingsSchema, librdkafkaConfig } from '../../../src/broker/client-settings.ts';

type Input = Parameters<typeof clientSettingsSchema.parse>[0];

function configOf(settings: object): Record<string, string | number | boolean> {
  const input: Input = { bootstrapServers: ['one:9092', 'two'], ...settings };
  return librdkafkaConfig(clientSettingsSchema.parse(input), 'worker');
}

const sasl = { mechanism: 'SCRAM-SHA-256', username: 'me', password: 'x' };

test('brokers and a name; nothing is said about security unless asked for', () => {
  const config = configOf({});
  assert.equal(config['bootstrap.servers'], 'one:9092,two');
  assert.equal(config['client.id'], 'worker');
  assert.equal(config['security.protocol'], 'plaintext');
  assert.deepEqual(
    Object.keys(config).filter((name) => /^(ssl|sasl)\./.test(name)),
    [],
  );
});

test('the protocol follows from TLS and SASL', () => {
  const protocols = [{ tls: true }, { sasl }, { tls: true, sasl }, { tls: {} }].map(
    (s) => configOf(s)['security.protocol'],
  );
  assert.deepEqual(protocols, ['ssl', 'sasl_plaintext', 'sasl_ssl', 'ssl']);
});

test('files and login are handed on, and only what was given', () => {
  const config = configOf({ tls: { caFile: 'ca.pem', keyFile: 'key.pem' }, sasl });
  assert.deepEqual(Object.fromEntries(Object.entries(config).filter(([name]) => /^(ssl|sasl)\./.test(name))), {
    'ssl.ca.location': 'ca.pem',
    'ssl.key.location': 'key.pem',
    'sasl.mechanism': 'SCRAM-SHA-256',
    'sasl.username': 'me',
    'sasl.password': 'x',
  });
});

test('an address is host:port, one an entry', () => {
  for (const address of ['http://one:9092', 'one:9092,two:9092', 'one 9092', '']) {
    assert.ok(!clientSettingsSchema.safeParse({ bootstrapServers: [address] }).success, address);
  }
});

test('OAUTHBEARER needs the address of an identity provider, and nothing else does', () => {
  const token = { mechanism: 'OAUTHBEARER', username: 'me', password: 'x' };
  const tokenUrl = 'https://login.example/token';
  const accepts = (login: object): boolean =>
    clientSettingsSchema.safeParse({ bootstrapServers: ['one:9092'], sasl: login }).success;
  assert.deepEqual([token, { ...sasl, tokenUrl }, { ...token, tokenUrl: 'login.example' }].map(accepts), [
    ...[false, false, false],
  ]);
  const config = configOf({ sasl: { ...token, tokenUrl, scope: 'kafka' } });
  assert.equal(config['sasl.oauthbearer.token.endpoint.url'], tokenUrl);
  assert.equal(config['sasl.oauthbearer.scope'], 'kafka');
  assert.equal(config['sasl.password'], undefined);
});
