import { isJsonObject, MissingTopicError, parseObjectPrefix, type RawRecord, type TopicReader } from 'kafka-runner';
import { z } from 'zod';
import { frameRange, highestFrame, type FrameRange } from '../../frames/frame-range.ts';
import type { JobPlace } from '../job-name.ts';
import { fieldsOf, placeName, textOf, type NamedJob } from '../named-job.ts';
import { readError, readResult } from '../verify/terminal-record.ts';

/** A job that completed, as its result tells. */
export interface RenderedJob {
  readonly place: JobPlace;
  /** `bucket/path` */
  readonly outputLocation: string;
  readonly frames: FrameRange;
  /** Of all its files (`docs/provenance.md`); undefined where the worker has not said it. */
  readonly sha256: string | undefined;
}

const jobSchema = z.object({
  outputLocation: z.string(),
  startFrame: z.int().min(0).default(0),
  numFrames: z.int().min(1).default(1),
});

/** The last result of each job that is meant, in the order of the output topic. */
export async function findResults(reader: TopicReader, outTopic: string, named: NamedJob): Promise<RenderedJob[]> {
  const found = new Map<string, RenderedJob>();
  await reader.read(await reader.ranges(outTopic), (record) => {
    const job = toRenderedJob(record, named);
    if (job) found.set(placeName(job.place), job);
  });
  return [...found.values()];
}

/** A job that has ended without a result. */
export interface Failure {
  readonly job: string;
  readonly code: string;
  readonly message: string;
}

/** What the error topic says of them. */
export async function findFailures(reader: TopicReader, errorTopic: string, named: NamedJob): Promise<Failure[]> {
  const said: Failure[] = [];
  try {
    await reader.read(await reader.ranges(errorTopic), (record) => {
      const end = readError(record);
      if (end.kind !== 'error') return;
      const { jobId, code, message } = fieldsOf(record.value);
      if (!isMeant(named, end.job, jobId)) return;
      said.push({ job: placeName(end.job), code: textOf(code), message: textOf(message) });
    });
  } catch (error) {
    if (!(error instanceof MissingTopicError)) throw error;
  }
  return said;
}

function toRenderedJob(record: RawRecord, named: NamedJob): RenderedJob | undefined {
  const end = readResult(record);
  if (end.kind !== 'result') return undefined;
  // Most records of the topic are others': their values need not be read.
  if ('place' in named && !isMeant(named, end.job, undefined)) return undefined;
  const { renderJob } = fieldsOf(record.value);
  if (!isJsonObject(renderJob) || !isMeant(named, end.job, renderJob['jobId'])) return undefined;
  const { outputLocation, startFrame, numFrames } = jobSchema.parse(renderJob);
  parseObjectPrefix(outputLocation);
  const sha256 = record.headers.find(([name]) => name === 'frames-sha256')?.[1].toString('utf8');
  return { place: end.job, outputLocation, frames: frameRange(startFrame, numFrames, highestFrame), sha256 };
}

function isMeant(named: NamedJob, place: JobPlace, jobId: unknown): boolean {
  return 'jobId' in named ? textOf(jobId) === named.jobId : placeName(place) === placeName(named.place);
}
