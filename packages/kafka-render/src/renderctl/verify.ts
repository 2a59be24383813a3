import { ConfigError, MissingTopicError, parseCommandLine, TopicReader } from 'kafka-runner';
import { z } from 'zod';
import { renderSettings } from '../config.ts';
import {
  bootstrapPositional,
  errorTopicOption,
  inTopicPositional,
  outTopicPositional,
  respell,
} from '../connection-options.ts';
import { clusterOf, clusterOptions } from './cluster.ts';
import { reconcile } from './verify/reconcile.ts';
import { isClean, verifyJson, verifyText } from './verify/verify-report.ts';

export const verifySpec = {
  program: 'kafka-renderctl verify',
  description:
    'Compares the jobs of the input topic with the results and error records of all workers: is a job lost, done twice, ' +
    'or a result of a job that nobody sent? Workers may go on meanwhile. It is made for Kafka Render, where each message ' +
    'gets a result or an error record: a message that another runner ignores or does not answer looks lost. ' +
    'Exit code: 0 clean, 1 not clean, 2 wrong usage, 3 when it could not look.',
  positionals: [inTopicPositional, outTopicPositional, bootstrapPositional],
  options: {
    errorTopic: errorTopicOption,
    groupId: {
      flags: '-g, --group_id <id>',
      env: 'KAFKA_RENDER_GROUP_ID',
      help: "the workers' group, also --group-id: its positions tell what is over and what is begun; without one, a job that waits cannot be told from one that is lost",
      schema: z.string().min(1).optional(),
    },
    json: { flags: '--json', help: 'the report as one line of JSON', schema: z.boolean().default(false) },
    examples: {
      flags: '--examples <n>',
      help: 'how many jobs of each kind are named',
      schema: z.coerce.number().int().min(0).max(1_000_000).default(10),
    },
    ...clusterOptions,
  },
  example: 'kafka-renderctl verify render.job render.out 10.0.0.1:9090 -e render.errors -g render',
} as const;

/** Resolves to 0 when all is clean, else to 1. */
export async function verify(args: readonly string[]): Promise<number> {
  const { positionals, options } = parseCommandLine(verifySpec, args.map(respell), renderSettings);
  const [inTopic = '', outTopic = '', ...bootstrapServers] = positionals;
  const { errorTopic, groupId, examples } = options;
  if (inTopic === outTopic || inTopic === errorTopic)
    throw new ConfigError(`${inTopic} cannot be the input topic and another`);
  await using reader = await TopicReader.connect({ ...clusterOf(bootstrapServers, options), groupId });
  const found = await reconcile(reader, { inTopic, outTopic, errorTopic, groupId, examples }).catch((error) => {
    throw explained(error, errorTopic);
  });
  console.log(options.json ? verifyJson(found) : verifyText(found));
  return isClean(found) ? 0 : 1;
}

/** That nothing has failed yet is no proof: a name may be mistyped, and then lost jobs would look as if nobody had failed. */
function explained(error: unknown, errorTopic: string): unknown {
  if (!(error instanceof MissingTopicError) || error.topic !== errorTopic) return error;
  const advice = 'the first error of a worker makes the error topic; if there was none yet, make it, and ask again';
  return new ConfigError(`${error.message}; ${advice}`, { cause: error });
}
