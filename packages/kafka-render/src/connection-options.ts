import { readFileSync } from 'node:fs';
import { ConfigError, secretFileWarning, type ClientSettings, type CommandLine, type Logger } from 'kafka-runner';
import { z } from 'zod';

const text = z.string().min(1);

/** A flag is given or not; its environment variable is a text. */
export const onOff = z.union(
  [z.boolean(), z.stringbool({ truthy: ['true', '1', 'yes'], falsy: ['false', '0', 'no'] })],
  {
    error: 'expected true, 1 or yes, or else false, 0 or no',
  },
);

/** Where errors are, for every program. */
export const errorTopicOption = {
  flags: '-e, --error_topic_name <name>',
  env: 'KAFKA_RENDER_ERROR_TOPIC',
  help: 'topic that errors are sent to, also --error-topic-name',
  schema: text.default('error.log'),
} as const;

/** Where those are who watch and steer; for every program. */
export const watchOptions = {
  progressTopic: {
    flags: '--progress-topic <name>',
    env: 'KAFKA_RENDER_PROGRESS_TOPIC',
    help: 'topic for events about jobs and workers, for those who watch; by default nobody is told',
    schema: text.optional(),
  },
  controlTopic: {
    flags: '--control-topic <name>',
    env: 'KAFKA_RENDER_CONTROL_TOPIC',
    help: 'topic that orders are read from, to cancel jobs and to pause, resume and drain workers; by default nobody orders',
    schema: text.optional(),
  },
} as const;

/** Object storage, for every program. */
export const credentialsOption = {
  flags: '--credentials <file>',
  env: 'KAFKA_RENDER_CREDENTIALS',
  help: 'object storage: JSON with url, accessKey and secretKey',
  schema: text.default('../credentials/minio_credentials.json'),
} as const;

export const inTopicPositional = {
  name: 'in.topic',
  env: 'KAFKA_RENDER_IN_TOPIC',
  help: 'topic that jobs are read from',
} as const;

export const outTopicPositional = {
  name: 'out.topic',
  env: 'KAFKA_RENDER_OUT_TOPIC',
  help: 'topic that results are sent to',
} as const;

export const bootstrapPositional = {
  name: 'bootstrap',
  env: 'KAFKA_RENDER_BOOTSTRAP',
  help: 'one or more Kafka brokers, host:port, separated by spaces',
} as const;

/** How to reach Kafka beside its address: the same for every program. */
export const connectionOptions = {
  tls: { flags: '--tls', env: 'KAFKA_RENDER_TLS', help: 'TLS towards Kafka', schema: onOff.default(false) },
  tlsCa: {
    flags: '--tls-ca <file>',
    env: 'KAFKA_RENDER_TLS_CA',
    help: "certificate authorities (PEM), instead of the system's; implies --tls",
    schema: text.optional(),
  },
  tlsCertificate: {
    flags: '--tls-certificate <file>',
    env: 'KAFKA_RENDER_TLS_CERTIFICATE',
    help: "the client's certificate (PEM)",
    schema: text.optional(),
  },
  tlsKey: {
    flags: '--tls-key <file>',
    env: 'KAFKA_RENDER_TLS_KEY',
    help: "the client's key (PEM)",
    schema: text.optional(),
  },
  saslMechanism: {
    flags: '--sasl-mechanism <name>',
    env: 'KAFKA_RENDER_SASL_MECHANISM',
    help: 'PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER',
    schema: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER']).optional(),
  },
  saslUsername: {
    flags: '--sasl-username <name>',
    env: 'KAFKA_RENDER_SASL_USERNAME',
    help: "user of the SASL login; for OAUTHBEARER the client's id",
    schema: text.optional(),
  },
  saslPasswordFile: {
    flags: '--sasl-password-file <file>',
    env: 'KAFKA_RENDER_SASL_PASSWORD_FILE',
    help: "file that holds the password of the SASL login, or the client's secret, and nothing else",
    schema: text.optional(),
  },
  saslTokenUrl: {
    flags: '--sasl-token-url <url>',
    env: 'KAFKA_RENDER_SASL_TOKEN_URL',
    help: 'OAUTHBEARER: where the identity provider gives tokens (OAuth client credentials)',
    schema: text.optional(),
  },
  saslTokenCa: {
    flags: '--sasl-token-ca <file>',
    env: 'KAFKA_RENDER_SASL_TOKEN_CA',
    help: "certificate authorities (PEM) of the identity provider, instead of the system's",
    schema: text.optional(),
  },
  saslScope: {
    flags: '--sasl-scope <names>',
    env: 'KAFKA_RENDER_SASL_SCOPE',
    help: 'OAUTHBEARER: the scope that a token is asked for',
    schema: text.optional(),
  },
} as const;

type ConnectionOptions = CommandLine<typeof connectionOptions>['options'];

/** The spellings of the predecessor stay; these are accepted as well. */
const alsoAccepted: Readonly<Record<string, string>> = {
  '--group-id': '--group_id',
  '--error-topic-name': '--error_topic_name',
};

/** An argument in the spelling that the options have. */
export function respell(argument: string): string {
  const [flag = '', ...rest] = argument.split('=');
  return [alsoAccepted[flag] ?? flag, ...rest].join('=');
}

/** Throws ConfigError for half a login or a password that cannot be read. */
export function connectionSettings(options: ConnectionOptions): Pick<ClientSettings, 'tls' | 'sasl'> {
  return { tls: tlsSettings(options), sasl: saslSettings(options) };
}

/** Says which of the files with a password or a key others can read. */
export function warnOfOpenFiles({ saslPasswordFile, tlsKey }: ConnectionOptions, logger: Logger): void {
  for (const file of [saslPasswordFile, tlsKey]) {
    const warning = file === undefined ? undefined : secretFileWarning(file);
    if (warning !== undefined) logger.warn({ code: 'secret-file-open' }, warning);
  }
}

function tlsSettings(options: ConnectionOptions): ClientSettings['tls'] {
  const { tls, tlsCa, tlsCertificate, tlsKey } = options;
  if (tlsCa === undefined && tlsCertificate === undefined && tlsKey === undefined) return tls;
  return { caFile: tlsCa, certificateFile: tlsCertificate, keyFile: tlsKey };
}

function saslSettings(options: ConnectionOptions): ClientSettings['sasl'] {
  const { saslMechanism, saslUsername, saslPasswordFile, saslTokenUrl, saslTokenCa, saslScope } = options;
  const token = { tokenUrl: saslTokenUrl, tokenCaFile: saslTokenCa, scope: saslScope };
  const given = [saslMechanism, saslUsername, saslPasswordFile, ...Object.values(token)].filter(
    (value) => value !== undefined,
  );
  if (given.length === 0) return undefined;
  if (saslMechanism === undefined || saslUsername === undefined || saslPasswordFile === undefined) {
    throw new ConfigError('--sasl-mechanism, --sasl-username and --sasl-password-file go together');
  }
  return {
    mechanism: saslMechanism,
    username: saslUsername,
    password: readPassword(saslPasswordFile),
    ...defined(token),
  };
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new ConfigError(`--sasl-password-file: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function defined<Value>(options: Record<string, Value | undefined>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}
