import { ConfigError, MinioClient, parseCommandLine, printable, readMinioCredentials, TopicReader } from 'kafka-runner';
import { z } from 'zod';
import { renderSettings } from '../config.ts';
import { credentialsOption, respell } from '../connection-options.ts';
import { combinedSha256 } from '../delivery/file-sum.ts';
import { downloadFrames, type DownloadedFrame } from './frames/download-frames.ts';
import { findFailures, findResults, type Failure, type RenderedJob } from './frames/find-results.ts';
import { frameFiles, type FrameFile } from './frames/frame-files.ts';
import { parseNamedJob, placeName } from './named-job.ts';
import { clusterAt, endTopicOptions, jsonOption, kafkaOptions } from './topic-options.ts';

const { outTopic, errorTopic } = endTopicOptions;

export const framesSpec = {
  program: 'kafka-renderctl frames',
  description:
    'Names the frames of a job that completed and, with --download, fetches them: each file under its name only when it is ' +
    'whole and has the sum that the worker delivered. Exit code 1 when frames are missing or others than the result says, or ' +
    'when the job has failed.',
  positionals: [{ name: 'job', help: 'TOPIC-PARTITION-OFFSET, or a jobId: all jobs that have it', takes: 'one' }],
  options: {
    download: {
      flags: '--download <folder>',
      help: 'folder that the frames come into; one that is there already with the right sum is not fetched again',
      schema: z.string().min(1).optional(),
    },
    outTopic,
    errorTopic,
    credentials: credentialsOption,
    json: jsonOption,
    ...kafkaOptions,
  },
  example: 'kafka-renderctl frames render.job-0-12 --download frames/',
} as const;

/** Resolves to 0, or to 1 when frames are missing or others than the result says, or when the job has failed. */
export async function frames(args: readonly string[]): Promise<number> {
  const { positionals, options } = parseCommandLine(framesSpec, args.map(respell), renderSettings);
  const [name = ''] = positionals;
  const { jobs, failures } = await lookFor(name, options);
  if (jobs.length === 0) return sayFailed(failures, options.json);
  using storage = new MinioClient(await readMinioCredentials(options.credentials));
  let faults = 0;
  for (const job of jobs) faults += await showJob(storage, job, options);
  return faults === 0 ? 0 : 1;
}

type FramesOptions = ReturnType<typeof parseCommandLine<(typeof framesSpec)['options']>>['options'];

/** Throws ConfigError where neither topic says anything of it. */
async function lookFor(name: string, options: FramesOptions) {
  const named = parseNamedJob(name);
  await using reader = await TopicReader.connect(clusterAt(options));
  const jobs = await findResults(reader, options.outTopic, named);
  const failures = jobs.length > 0 ? [] : await findFailures(reader, options.errorTopic, named);
  if (jobs.length > 0 || failures.length > 0) return { jobs, failures };
  throw new ConfigError(
    `${options.outTopic} holds no result of ${name}: it has not ended yet, or retention has taken it`,
  );
}

function sayFailed(failures: readonly Failure[], json: boolean): number {
  for (const { job, code, message } of failures) {
    console.log(json ? JSON.stringify({ job, code, message }) : printable(`${job} ended with ${code}: ${message}`));
  }
  return 1;
}

/** Resolves to how many things are wrong. */
async function showJob(storage: MinioClient, job: RenderedJob, options: FramesOptions): Promise<number> {
  const files = await frameFiles(storage, job);
  const fetched = options.download === undefined ? undefined : await downloadFrames(storage, files, options.download);
  const faults = faultsOf(job, files, fetched);
  console.log(options.json ? asJson(job, fetched ?? files, faults) : asText(job, fetched ?? files, faults));
  return faults.length;
}

function faultsOf(
  { frames: { first, last }, sha256 }: RenderedJob,
  files: readonly FrameFile[],
  fetched: readonly DownloadedFrame[] | undefined,
): string[] {
  const there = new Set(files.map(({ frame }) => frame)).size;
  const missing = last - first + 1 - there;
  if (missing > 0) return [`${missing} of ${last - first + 1} frames are not in storage any more`];
  const wrong = (fetched ?? []).flatMap(({ path, fault }) => (fault === undefined ? [] : [`${path} ${fault}`]));
  if (wrong.length > 0) return wrong;
  const sums = files.map(({ path, sha256: said }, index) => ({ path, sha256: fetched?.[index]?.sum ?? said ?? '' }));
  if (sha256 === undefined || combinedSha256(sums) === sha256) return [];
  return ['these are not the frames of the result (frames-sha256): another job has written to the same place since'];
}

function asText(job: RenderedJob, files: readonly (FrameFile | DownloadedFrame)[], faults: readonly string[]): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const { first, last } = job.frames;
  const where = files.map((file) => ('file' in file ? file.file : `${file.bucket}/${file.key}`));
  return [
    ...where,
    `${placeName(job.place)}: frames ${first}-${last}, ${files.length} files, ${bytes} bytes at ${job.outputLocation}`,
    ...faults.map((fault) => `WRONG: ${fault}`),
  ].join('\n');
}

function asJson(job: RenderedJob, files: readonly (FrameFile | DownloadedFrame)[], faults: readonly string[]): string {
  const { place, outputLocation, sha256 } = job;
  const named = files.map(({ key: _key, bucket: _bucket, ...file }) => file);
  return JSON.stringify({ job: placeName(place), outputLocation, framesSha256: sha256, files: named, faults });
}
