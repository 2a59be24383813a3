import { ConfigError, parseJson, isJsonObject, stringifyJson, type RawRecord, type TopicReader } from 'kafka-runner';
import type { JobPlace } from './job-name.ts';

/** What a person calls a job: by its place in the input topic, or all that have a `jobId`. */
export type NamedJob = { readonly place: JobPlace } | { readonly jobId: string };

/** `TOPIC-PARTITION-OFFSET` */
export function placeName({ topic, partition, offset }: JobPlace): string {
  return `${topic}-${partition}-${offset}`;
}

/**
 * Reads `TOPIC-PARTITION-OFFSET`, `topic/partition@offset` as `retry` and `verify` print it, or a `jobId`.
 * Throws ConfigError for anything else.
 */
export function parseNamedJob(text: string): NamedJob {
  if (/^-?\d+$/.test(text)) return { jobId: text };
  const [, topic, partition, offset] =
    /^([\w.-]{1,249})-(\d{1,10})-(\d{1,15})$/.exec(text) ?? /^([\w.-]{1,249})\/(\d{1,10})@(\d{1,15})$/.exec(text) ?? [];
  if (topic === undefined) throw new ConfigError(`${text} is no job: it must be TOPIC-PARTITION-OFFSET, or a jobId`);
  return { place: { topic, partition: Number(partition), offset: Number(offset) } };
}

/** A job as it stands in the input topic. */
export interface SentJob extends JobPlace {
  readonly jobId: string | undefined;
  readonly outputLocation: string | undefined;
  readonly numFrames: number | undefined;
}

/** Whatever a record holds: a sender may write anything. */
export function toSentJob({ topic, partition, offset, value }: RawRecord): SentJob {
  const fields = fieldsOf(value);
  const { jobId, outputLocation, numFrames = 1 } = fields;
  return {
    topic,
    partition,
    offset,
    jobId: jobId === undefined ? undefined : textOf(jobId),
    outputLocation: typeof outputLocation === 'string' ? outputLocation : undefined,
    numFrames: typeof numFrames === 'number' ? numFrames : undefined,
  };
}

/**
 * The jobs that are meant, as the input topic holds them now.
 * Throws ConfigError for a name of which there is no job: retention has taken it, or nobody has sent it.
 */
export async function findJobs(
  reader: TopicReader,
  inTopic: string,
  names: readonly NamedJob[],
): Promise<readonly SentJob[]> {
  const ranges = await reader.ranges(inTopic);
  const isById = names.some((named) => 'jobId' in named);
  const places = names.flatMap((named) => ('place' in named ? [named.place] : []));
  // Only where a job is looked for by its id is the whole topic read.
  const wanted = isById
    ? ranges
    : places.flatMap(({ topic, partition, offset }) =>
        ranges
          .filter((range) => range.topic === topic && range.partition === partition)
          .map((range) => ({ ...range, start: Math.max(range.start, offset), end: Math.min(range.end, offset + 1) })),
      );
  const found: SentJob[] = [];
  for (const range of isById ? [wanted] : wanted.map((one) => [one])) {
    await reader.read(range, (record) => void found.push(toSentJob(record)));
  }
  return names.flatMap((named) => jobsNamed(named, found));
}

function jobsNamed(named: NamedJob, jobs: readonly SentJob[]): SentJob[] {
  const meant =
    'jobId' in named
      ? jobs.filter(({ jobId }) => jobId === named.jobId)
      : jobs.filter((job) => placeName(job) === placeName(named.place));
  if (meant.length > 0) return meant;
  const name = 'jobId' in named ? `with the jobId ${named.jobId}` : placeName(named.place);
  throw new ConfigError(`there is no job ${name}: nobody has sent it, or retention has taken it`);
}

/** The fields of a record's JSON object; none where it holds no such thing. A value may be JSON within a JSON string. */
export function fieldsOf(value: Buffer | null): Readonly<Record<string, unknown>> {
  try {
    const parsed = parseJson(value?.toString('utf8') ?? '');
    const inner = typeof parsed === 'string' ? parseJson(parsed) : parsed;
    return isJsonObject(inner) ? inner : {};
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return {};
    throw error;
  }
}

/** Of what somebody wrote as a field: text as it is, anything else as JSON, every digit of it. */
export function textOf(field: unknown): string {
  return typeof field === 'string' ? field : stringifyJson(field);
}
