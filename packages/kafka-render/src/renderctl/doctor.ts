import { styleText } from 'node:util';
import { parseCommandLine, printable } from 'kafka-runner';
import { z } from 'zod';
import { commandLineSpec, renderSettings } from '../config.ts';
import { respell } from '../connection-options.ts';
import { checkKafka, type NeededTopic } from './doctor/check-kafka.ts';
import { checkMachine } from './doctor/check-machine.ts';
import { checkStorage } from './doctor/check-storage.ts';
import { finding, wrong, type Finding } from './doctor/finding.ts';
import {
  clusterAt,
  controlTopicOption,
  endTopicOptions,
  inTopicOption,
  jsonOption,
  kafkaOptions,
  scenesBucketOption,
} from './topic-options.ts';

const topic = z.string().min(1).optional();
const { blender, schemas, credentials, scenes, tmpRenderOut, minFreeBytes, sandbox, assetRoots, groupId } =
  commandLineSpec.options;

export const doctorSpec = {
  program: 'kafka-renderctl doctor',
  description:
    'Looks whether all is there that jobs need, and says what to do where it is not: Kafka, topics and rights, storage, ' +
    'schemas, Blender with its devices, sandbox, disks and clock. Exit code 1 when something is wrong.',
  positionals: [],
  options: {
    whom: {
      flags: '--for <whom>',
      help: 'whose rights and machine: a worker, a person who sends and follows jobs, or both',
      schema: z.enum(['worker', 'person', 'both']).default('both'),
    },
    bucket: { flags: '--bucket <name>', help: 'bucket to try, instead of that of scenes', schema: topic },
    inTopic: { ...inTopicOption, schema: topic },
    outTopic: { ...endTopicOptions.outTopic, schema: topic },
    errorTopic: endTopicOptions.errorTopic,
    progressTopic: endTopicOptions.progressTopic,
    controlTopic: { ...controlTopicOption, schema: topic },
    groupId,
    scenesBucket: scenesBucketOption,
    credentials,
    schemas,
    blender,
    sandbox,
    assetRoots,
    scenes,
    tmpRenderOut,
    minFreeBytes,
    json: jsonOption,
    ...kafkaOptions,
    bootstrap: { ...kafkaOptions.bootstrap, schema: kafkaOptions.bootstrap.schema.optional() },
  },
  example: 'kafka-renderctl doctor --for worker',
} as const;

type DoctorOptions = ReturnType<typeof parseCommandLine<(typeof doctorSpec)['options']>>['options'];

/** Resolves to 0, or to 1 when something is wrong. */
export async function doctor(args: readonly string[]): Promise<number> {
  const { options } = parseCommandLine(doctorSpec, args.map(respell), renderSettings);
  const findings = [
    ...(await lookAtKafka(options)),
    ...(await checkStorage(options.credentials, options.bucket ?? options.scenesBucket)),
    ...(options.whom === 'person' ? [] : await checkMachine(options)),
  ];
  const isWrong = findings.some(({ state }) => state === 'wrong');
  console.log(options.json ? JSON.stringify({ ok: !isWrong, findings }) : findings.map(asText).join('\n'));
  return isWrong ? 1 : 0;
}

async function lookAtKafka(options: DoctorOptions): Promise<readonly Finding[]> {
  const { bootstrap } = options;
  if (bootstrap === undefined) return [wrong('kafka', 'no brokers are named', `name them: ${named('bootstrap')}`)];
  return await finding('kafka', () =>
    Promise.resolve(clusterAt({ ...options, bootstrap })).then((cluster) =>
      checkKafka(cluster, options.groupId, neededTopics(options)),
    ),
  );
}

/** Who reads and who writes which topic. */
function neededTopics({ whom, ...topics }: DoctorOptions): NeededTopic[] {
  const rights = (worker: readonly string[], person: readonly string[]): string[] => {
    return [...new Set([...(whom === 'person' ? [] : worker), ...(whom === 'worker' ? [] : person)])];
  };
  const [reads, writes] = [['READ'], ['WRITE']];
  return [
    needed('input', topics.inTopic, 'inTopic', rights(reads, ['READ', 'WRITE']), 'no'),
    needed('output', topics.outTopic, 'outTopic', rights(writes, reads), 'no'),
    needed('error', topics.errorTopic, 'errorTopic', rights(writes, reads), 'not there yet'),
    needed('progress', topics.progressTopic, 'progressTopic', rights(writes, reads), 'unnamed'),
    needed('control', topics.controlTopic, 'controlTopic', rights(reads, writes), 'unnamed'),
  ];
}

function needed(
  role: string,
  name: string | undefined,
  setting: keyof typeof doctorSpec.options,
  rights: readonly string[],
  mayBeMissing: NeededTopic['mayBeMissing'],
): NeededTopic {
  return { role, topic: name, setting: named(setting), rights, mayBeMissing };
}

/** `--in-topic <name>, KAFKA_RENDER_IN_TOPIC, or inTopic in kafka-render.json` */
function named(setting: keyof typeof doctorSpec.options): string {
  const option = doctorSpec.options[setting];
  const variable = 'env' in option ? option.env : '';
  return `${option.flags}, ${variable}, or ${setting} in ${renderSettings.name}`;
}

const colours = { ok: 'green', warning: 'yellow', wrong: 'red' } as const;

function asText({ check, state, found, advice }: Finding): string {
  const mark = styleText(colours[state], state.padEnd(7), { stream: process.stdout });
  const line = `${mark} ${check.padEnd(15)} ${printable(found)}`;
  return advice === undefined ? line : `${line}\n${' '.repeat(24)}-> ${printable(advice)}`;
}
