import { ConfigError, MinioClient, parseCommandLine, readMinioCredentials } from 'kafka-runner';
import { z } from 'zod';
import { commandLineSpec, renderSettings } from '../config.ts';
import { credentialsOption, respell } from '../connection-options.ts';
import { placeName } from './named-job.ts';
import { parseFrames, splitFrames } from './submit/frame-parts.ts';
import { jobMessages, partitionsOf, sendJobs, type SubmittedJob } from './submit/send-jobs.ts';
import { stageScene, type StagedScene } from './submit/stage-scene.ts';
import {
  checkTopics,
  clusterAt,
  endTopicOptions,
  inTopicOption,
  jsonOption,
  kafkaOptions,
  scenesBucketOption,
} from './topic-options.ts';
import { watchJobs } from './watch.ts';

const count = z.coerce.number().int().min(1);
const { blender, maxFrames } = commandLineSpec.options;

const frames = z.string({ error: 'has to be given: 7, or 1-250' }).transform((text, context) => {
  const range = parseFrames(text);
  if (range !== undefined) return range;
  context.addIssue({ code: 'custom', message: 'must be 7, or 1-250' });
  return z.NEVER;
});

export const submitSpec = {
  program: 'kafka-renderctl submit',
  description:
    'Sends the frames of a scene to be rendered. A scene of this machine is uploaded under the sum of its content, with the ' +
    'files that it uses packed into a copy of it by Blender (scripts switched off); one in storage is named as bucket/key.',
  positionals: [{ name: 'scene', help: 'a .blend file, or bucket/key of one in storage', takes: 'one' }],
  options: {
    frames: { flags: '--frames <range>', help: 'frames to render: 7, or 1-250', schema: frames },
    output: {
      flags: '--output <place>',
      help: 'bucket/path: frames become bucket/path/0001.png and so on',
      schema: z.string({ error: 'has to be given: bucket/path' }),
    },
    jobs: { flags: '--jobs <n>', help: 'as so many jobs, for as many workers', schema: count.optional() },
    chunk: { flags: '--chunk <n>', help: 'as jobs of so many frames', schema: count.optional() },
    useGpu: { flags: '--use-gpu', help: 'render on the GPU', schema: z.boolean().default(false) },
    jobId: {
      flags: '--job-id <n>',
      help: 'the number that all these jobs have; by default the time in milliseconds',
      schema: z.coerce.number().int().optional(),
    },
    assets: {
      flags: '--assets <what>',
      help: 'files that the scene uses: pack them into the copy that is uploaded, or leave them (Blender is not needed then)',
      schema: z.enum(['pack', 'leave']).default('pack'),
    },
    watch: {
      flags: '--watch',
      help: 'show how the jobs go on, until all have ended',
      schema: z.boolean().default(false),
    },
    scenesBucket: scenesBucketOption,
    blender,
    maxFrames,
    credentials: credentialsOption,
    json: jsonOption,
    inTopic: inTopicOption,
    ...kafkaOptions,
    ...endTopicOptions,
    outTopic: { ...endTopicOptions.outTopic, schema: z.string().min(1).optional() },
  },
  example: 'kafka-renderctl submit shot.blend --frames 1-250 --output frames/shot --jobs 4 --watch',
} as const;

/** Resolves to 0 when the jobs are sent; with `--watch` to what `watch` says. */
export async function submit(args: readonly string[]): Promise<number> {
  const { positionals, options } = parseCommandLine(submitSpec, args.map(respell), renderSettings);
  const [scene = ''] = positionals;
  const { outTopic, inTopic, json, useGpu: useGPU, output: outputLocation, jobId = Date.now() } = options;
  if (options.watch && outTopic === undefined) throw new ConfigError('--watch needs --out-topic');
  const parts = splitFrames(options.frames, options);
  const cluster = clusterAt(options);
  // All that is wrong with a job is said before anything is uploaded.
  const animation = { jobId, scenePath: 'bucket/scene.blend', outputLocation, useGPU };
  await jobMessages(animation, parts, options.maxFrames);
  const partitions = await partitionsOf(cluster, inTopic);
  using storage = new MinioClient(await readMinioCredentials(options.credentials));
  const staged = await stageScene(storage, scene, options);
  const messages = await jobMessages({ ...animation, scenePath: staged.scenePath }, parts, options.maxFrames);
  const sent = await sendJobs(cluster, inTopic, partitions, messages);
  console.log(json ? asJson(jobId, staged, sent) : asText(staged, sent));
  if (!options.watch || outTopic === undefined) return 0;
  const watched = { ...options, outTopic };
  checkTopics(watched);
  return await watchJobs(
    cluster,
    watched,
    sent.map((place) => ({ place })),
  );
}

function asText({ scenePath, how, packed }: StagedScene, sent: readonly SubmittedJob[]): string {
  const files =
    packed.length === 0 ? '' : `, with ${packed.length} ${packed.length === 1 ? 'file' : 'files'} packed into it`;
  const jobs = sent.map((job) => {
    const { jobId, startFrame, numFrames } = job.message;
    const last = startFrame + numFrames - 1;
    return `${placeName(job)}  jobId ${jobId}  ${numFrames === 1 ? `frame ${last}` : `frames ${startFrame}-${last}`}`;
  });
  return [`scene ${scenePath} (${how}${files})`, ...jobs].join('\n');
}

function asJson(jobId: number, staged: StagedScene, sent: readonly SubmittedJob[]): string {
  const jobs = sent.map(({ message: { startFrame, numFrames }, topic, partition, offset }) => {
    const place = { topic, partition, offset };
    return { job: placeName(place), ...place, startFrame, numFrames };
  });
  return JSON.stringify({ jobId, ...staged, jobs });
}
