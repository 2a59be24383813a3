import {
  checkSettings,
  clientSettingsSchema,
  ConfigError,
  parseCommandLine,
  type ClientSettings,
  type CommandLine,
} from 'kafka-runner';
import { connectionOptions, connectionSettings, errorTopicOption, respell } from 'kafka-render';
import { z } from 'zod';

const text = z.string().min(1);

/** Every option: flags, environment, default, check and help in one place; `docs/configuration.md` is made from it. */
export const dashboardSpec = {
  program: 'kafka-render-dashboard',
  description: 'Shows the jobs of Kafka Render in a browser on this machine, cancels them and sends them again.',
  positionals: [
    { name: 'in.topic', help: 'topic that jobs are read from' },
    { name: 'out.topic', help: 'topic that results are sent to' },
    { name: 'bootstrap', help: 'one or more Kafka brokers, host:port, separated by spaces' },
  ],
  options: {
    errorTopic: errorTopicOption,
    progressTopic: {
      flags: '--progress-topic <name>',
      env: 'KAFKA_RENDER_PROGRESS_TOPIC',
      help: 'topic with events about jobs and workers; without it a job is queued until it has ended',
      schema: text.optional(),
    },
    controlTopic: {
      flags: '--control-topic <name>',
      env: 'KAFKA_RENDER_CONTROL_TOPIC',
      help: 'topic that orders are sent to; without it no job can be cancelled',
      schema: text.optional(),
    },
    credentials: {
      flags: '--credentials <file>',
      env: 'KAFKA_RENDER_CREDENTIALS',
      help: 'object storage: JSON with url, accessKey and secretKey; without it no frames are shown',
      schema: text.optional(),
    },
    buckets: {
      flags: '--buckets <names>',
      env: 'KAFKA_RENDER_DASHBOARD_BUCKETS',
      help: 'buckets whose frames may be shown, separated by commas; by default those that jobs name',
      schema: text.transform((names) => names.split(',').map((name) => name.trim())).optional(),
    },
    history: {
      flags: '--history <file>',
      env: 'KAFKA_RENDER_DASHBOARD_HISTORY',
      help: 'SQLite file of what was read; when it is lost, it is made anew from the topics',
      schema: text.default('kafka-render-dashboard.sqlite'),
    },
    port: {
      flags: '--port <n>',
      env: 'KAFKA_RENDER_DASHBOARD_PORT',
      help: 'port on the loopback address; 0: any that is free',
      schema: z.coerce.number().int().min(0).max(65_535).default(8_321),
    },
    tokenFile: {
      flags: '--token-file <file>',
      env: 'KAFKA_RENDER_DASHBOARD_TOKEN_FILE',
      help: 'file that holds the token without which nothing can be changed; by default a new one is made at each start, and printed',
      schema: text.optional(),
    },
    ...connectionOptions,
  },
  example:
    'kafka-render-dashboard render.job render.out 10.0.0.1:9090 -e render.errors --progress-topic render.progress --control-topic render.control',
} as const;

export interface DashboardTopics {
  readonly jobs: string;
  readonly results: string;
  readonly errors: string;
  readonly progress: string | undefined;
  readonly control: string | undefined;
}

export interface DashboardConfig {
  readonly topics: DashboardTopics;
  readonly client: ClientSettings;
  readonly options: CommandLine<typeof dashboardSpec.options>['options'];
}

/** Reads the command line and the environment. Throws ConfigError that names all faults at once, or UsageExit. */
export function readConfig(args: readonly string[]): DashboardConfig {
  const { positionals, options } = parseCommandLine(dashboardSpec, args.map(respell));
  const [jobs = '', results = '', ...bootstrapServers] = positionals;
  const { errorTopic: errors, progressTopic: progress, controlTopic: control } = options;
  const topics = { jobs, results, errors, progress, control };
  const names = Object.values(topics).filter((name) => name !== undefined);
  if (new Set(names).size < names.length) throw new ConfigError('one topic cannot be two of them');
  const client = checkSettings(clientSettingsSchema, { bootstrapServers, ...connectionSettings(options) });
  return { topics, client, options };
}
