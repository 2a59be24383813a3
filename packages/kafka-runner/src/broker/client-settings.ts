import { z } from 'zod';

/** How to reach and trust a Kafka cluster. Everything but the addresses is optional. */
export const clientSettingsSchema = z.strictObject({
  /** `host:port` of one or more brokers; port 9092 when there is none. */
  bootstrapServers: z.array(z.string().regex(/^[^\s,/]+$/, 'must be host:port')).min(1),
  /** TLS towards the brokers; files in PEM. `true`: the system's certificate authorities. */
  tls: z
    .union([
      z.boolean(),
      z.strictObject({
        caFile: z.string().optional(),
        certificateFile: z.string().optional(),
        keyFile: z.string().optional(),
        keyPassword: z.string().optional(),
      }),
    ])
    .default(false),
  /** SASL login. */
  sasl: z
    .strictObject({
      mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER']),
      /** OAUTHBEARER: the client's id and secret at the identity provider. */
      username: z.string().min(1),
      password: z.string(),
      /** Where the identity provider gives tokens for them (RFC 6749, 4.4). */
      tokenUrl: z.url({ protocol: /^https?$/ }).optional(),
      /** Its certificate authorities (PEM). Default: the system's. */
      tokenCaFile: z.string().optional(),
      /** What the token is asked for, names separated by spaces. */
      scope: z.string().optional(),
    })
    .refine(({ mechanism, tokenUrl }) => (mechanism === 'OAUTHBEARER') === (tokenUrl !== undefined), {
      message: 'belongs to OAUTHBEARER, and OAUTHBEARER needs it',
      path: ['tokenUrl'],
    })
    .optional(),
  /** How long a broker may stay unreachable at start, milliseconds. */
  connectTimeoutMs: z.number().int().positive().default(30_000),
});

export type ClientSettings = z.output<typeof clientSettingsSchema>;

type LibrdkafkaConfig = Record<string, string | number | boolean>;

/**
 * The part of librdkafka's configuration that consumers and producers share.
 * Names: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
 */
export function librdkafkaConfig(settings: ClientSettings, clientId: string): LibrdkafkaConfig {
  return {
    'bootstrap.servers': settings.bootstrapServers.join(','),
    'client.id': clientId,
    'security.protocol': `${settings.sasl ? 'sasl_' : ''}${settings.tls === false ? 'plaintext' : 'ssl'}`,
    'reconnect.backoff.max.ms': 2_000,
    // A topic that is made after us is noticed within this time (the default is five minutes).
    'topic.metadata.refresh.interval.ms': 5_000,
    ...tlsConfig(settings.tls),
    ...saslConfig(settings.sasl),
  };
}

function tlsConfig(tls: ClientSettings['tls']): LibrdkafkaConfig {
  if (typeof tls === 'boolean') return {};
  return defined({
    'ssl.ca.location': tls.caFile,
    'ssl.certificate.location': tls.certificateFile,
    'ssl.key.location': tls.keyFile,
    'ssl.key.password': tls.keyPassword,
  });
}

function saslConfig(sasl: ClientSettings['sasl']): LibrdkafkaConfig {
  if (sasl === undefined) return {};
  const { mechanism, username, password } = sasl;
  if (mechanism !== 'OAUTHBEARER') {
    return { 'sasl.mechanism': mechanism, 'sasl.username': username, 'sasl.password': password };
  }
  return defined({
    'sasl.mechanism': mechanism,
    'sasl.oauthbearer.method': 'oidc',
    'sasl.oauthbearer.client.id': username,
    'sasl.oauthbearer.client.secret': password,
    'sasl.oauthbearer.token.endpoint.url': sasl.tokenUrl,
    'sasl.oauthbearer.scope': sasl.scope,
    'https.ca.location': sasl.tokenCaFile,
  });
}

function defined(config: Record<string, string | undefined>): LibrdkafkaConfig {
  return Object.fromEntries(
    Object.entries(config).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
