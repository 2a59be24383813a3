import {
  checkSettings,
  clientSettingsSchema,
  createLogger,
  type ClientSettings,
  type CommandLine,
  type Logger,
} from 'kafka-runner';
import { z } from 'zod';
import { connectionOptions, connectionSettings, warnOfOpenFiles } from '../connection-options.ts';

/** The options that every command has. */
export const clusterOptions = {
  ...connectionOptions,
  connectTimeout: {
    flags: '--connect-timeout <seconds>',
    help: 'how long to wait for a broker',
    schema: z.coerce.number().min(1).max(3_600).default(30),
  },
} as const;

/** What every command needs to reach Kafka. */
export interface Cluster {
  readonly client: ClientSettings;
  readonly clientId: string;
  readonly logger: Logger;
}

/** Throws ConfigError that names all faults of the addresses at once. */
export function clusterOf(
  bootstrapServers: readonly string[],
  options: CommandLine<typeof clusterOptions>['options'],
): Cluster {
  const connectTimeoutMs = options.connectTimeout * 1_000;
  const settings = { bootstrapServers, connectTimeoutMs, ...connectionSettings(options) };
  const client = checkSettings(clientSettingsSchema, settings);
  const logger = createLogger({ runner: 'kafka-renderctl', level: 'warn' });
  warnOfOpenFiles(options, logger);
  return { client, clientId: 'kafka-renderctl', logger };
}
