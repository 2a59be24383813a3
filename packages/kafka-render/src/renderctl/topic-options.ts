import { ConfigError, type CommandLine } from 'kafka-runner';
import { z } from 'zod';
import { errorTopicOption, watchOptions } from '../connection-options.ts';
import { clusterOf, clusterOptions, type Cluster } from './cluster.ts';

const text = z.string().min(1);
const given = z.string({ error: 'has to be given' }).min(1);

const servers = z
  .union([z.string(), z.array(z.string())], { error: 'has to be given' })
  .transform((said) => [said].flat().flatMap((list) => list.split(/[\s,]+/).filter((server) => server !== '')));

/** How the commands that name neither brokers nor topics on the command line find Kafka. */
export const kafkaOptions = {
  bootstrap: {
    flags: '--bootstrap <servers>',
    env: 'KAFKA_RENDER_BOOTSTRAP',
    help: 'one or more Kafka brokers, host:port, separated by commas',
    schema: servers,
  },
  ...clusterOptions,
} as const;

export const inTopicOption = {
  flags: '--in-topic <name>',
  env: 'KAFKA_RENDER_IN_TOPIC',
  help: 'topic that jobs are sent to',
  schema: given,
} as const;

/** Where it is said how jobs go on and end. */
export const endTopicOptions = {
  outTopic: {
    flags: '--out-topic <name>',
    env: 'KAFKA_RENDER_OUT_TOPIC',
    help: 'topic that results are sent to',
    schema: given,
  },
  errorTopic: errorTopicOption,
  progressTopic: {
    ...watchOptions.progressTopic,
    help: 'topic on which workers say how jobs go on; without one only their ends are seen',
  },
} as const;

export const controlTopicOption = {
  ...watchOptions.controlTopic,
  help: 'topic on which workers are given orders',
  schema: given,
} as const;

export const scenesBucketOption = {
  flags: '--scenes-bucket <name>',
  env: 'KAFKA_RENDER_SCENES_BUCKET',
  help: 'bucket that scenes are uploaded to; it is made when it is not there',
  schema: text.default('scenes'),
} as const;

export const jsonOption = {
  flags: '--json',
  help: 'for programs: a line of JSON for each thing that is said',
  schema: z.boolean().default(false),
} as const;

/** Throws ConfigError that names all faults of the addresses at once. */
export function clusterAt(options: CommandLine<typeof kafkaOptions>['options']): Cluster {
  return clusterOf(options.bootstrap, options);
}

/** Jobs and what is said of them must not be mixed up. */
export function checkTopics(topics: Readonly<Record<'inTopic' | 'outTopic' | 'errorTopic', string>>): void {
  const { inTopic, outTopic, errorTopic } = topics;
  if (inTopic === outTopic || inTopic === errorTopic)
    throw new ConfigError(`${inTopic} cannot be the input topic and another`);
}
