import {
  ConfigError,
  MissingTopicError,
  parseCommandLine,
  TopicReader,
  TransactionalSender,
  type OffsetRange,
} from 'kafka-runner';
import { z } from 'zod';
import { renderSettings } from '../config.ts';
import { bootstrapPositional, errorTopicOption, inTopicPositional, respell } from '../connection-options.ts';
import { clusterOf, clusterOptions, type Cluster } from './cluster.ts';
import { jobNamePattern } from './job-name.ts';
import type { FailedJob } from './retry/failed-job.ts';
import { readFailedJobs, type FailedJobs } from './retry/failed-jobs.ts';
import { isMeant, parseMoment, type JobFilter } from './retry/job-filter.ts';
import { expectedSource, type OriginalSource } from './retry/originals.ts';
import { retryTable, rowsJson, sums, type RetryRow } from './retry/retry-table.ts';
import { sendAgain, type Sent } from './retry/send-again.ts';
import { jsonOption } from './topic-options.ts';

const list = z.string().transform((text) => text.split(',').map((part) => part.trim()));
const moment = z
  .string()
  .transform((text) => parseMoment(text, Date.now()))
  .refine((momentMs) => !Number.isNaN(momentMs), 'must be a time like 2026-03-01T12:00:00Z, or like 90m, 2h or 3d ago');

export const retrySpec = {
  program: 'kafka-renderctl retry',
  description:
    'Lists the jobs that ended without a result and, with --send, sends them back to the input topic: value, key and ' +
    'headers as they were. Each is sent at most once, however often this is called; one that failed again is a new job.',
  positionals: [inTopicPositional, bootstrapPositional],
  options: {
    errorTopic: errorTopicOption,
    send: { flags: '--send', help: 'do it; without this nothing is sent', schema: z.boolean().default(false) },
    codes: {
      flags: '--code <code,...>',
      help: 'only jobs that ended with one of these codes',
      schema: list.optional(),
    },
    jobIds: { flags: '--job-id <id,...>', help: 'only jobs with one of these ids', schema: list.optional() },
    jobs: {
      flags: '--job <topic/partition@offset,...>',
      help: 'only these jobs',
      schema: list
        .refine((names) => names.every((name) => jobNamePattern.test(name)), 'must be topic/partition@offset')
        .optional(),
    },
    sinceMs: {
      flags: '--since <time>',
      help: 'only jobs that ended then or later: 2026-03-01T12:00:00Z, or 90m, 2h or 3d ago',
      schema: moment.optional(),
    },
    untilMs: { flags: '--until <time>', help: 'only jobs that ended before that time', schema: moment.optional() },
    ...clusterOptions,
    json: jsonOption,
  },
  example: 'kafka-renderctl retry render.job 10.0.0.1:9090 -e render.errors --code scene-not-found --since 2h --send',
} as const;

/** Resolves to 0, or to 1 when a job that was meant could not be sent. */
export async function retry(args: readonly string[]): Promise<number> {
  const { positionals, options } = parseCommandLine(retrySpec, args.map(respell), renderSettings);
  const [inTopic = '', ...bootstrapServers] = positionals;
  const { errorTopic, send } = options;
  if (inTopic === errorTopic) throw new ConfigError(`${inTopic} cannot be the input topic and the error topic`);
  const cluster = clusterOf(bootstrapServers, options);
  await using reader = await TopicReader.connect(cluster);
  const inRanges = await reader.ranges(inTopic);
  if (!(await isThere(reader, errorTopic))) return showNoTopic(options);
  // Before the error topic is read: what a run before this one has sent is decided only then.
  await using sender = send ? await openSender(cluster, errorTopic) : undefined;
  const known = await readFailedJobs(reader, inTopic, errorTopic);
  const meant = known.all().filter((failed) => isMeant(options satisfies JobFilter, failed));
  if (meant.length === 0) return showNone(known.all(), options.json);
  if (sender === undefined) return show(plan(meant, known, inRanges), options.json);
  return await sendAll(meant, known, reader, sender, options.json);
}

/** The first error of a worker makes it. */
async function isThere(reader: TopicReader, topic: string): Promise<boolean> {
  try {
    await reader.ranges(topic);
    return true;
  } catch (error) {
    if (error instanceof MissingTopicError) return false;
    throw error;
  }
}

/** One id for each error topic: a second run takes over from the first one. */
export async function openSender(cluster: Cluster, errorTopic: string): Promise<TransactionalSender> {
  return await TransactionalSender.open({ ...cluster, transactionalId: `kafka-renderctl.retry.${errorTopic}` });
}

const sentBefore = 'sent before';
const gone = 'gone: retention has taken the original, and the error record does not hold all of it';

const planned: Readonly<Record<OriginalSource, string>> = {
  'input topic': 'to be sent, from the input topic',
  'error record': 'to be sent, from the error record (retention has taken the original)',
  none: gone,
};

function plan(meant: readonly FailedJob[], known: FailedJobs, inRanges: readonly OffsetRange[]): RetryRow[] {
  return meant.map((failed) => ({
    failed,
    what: known.wasSent(failed) ? sentBefore : planned[expectedSource(failed, inRanges)],
  }));
}

/** Nothing has ever failed, or the name is mistyped. */
function showNoTopic({ errorTopic, json }: { readonly errorTopic: string; readonly json: boolean }): number {
  const why = `there is no topic ${errorTopic} yet, which the first error makes; if there should be one, check the name and the rights`;
  return say(json ? rowsJson([]) : `nothing to do: ${why}`);
}

/** A code may be mistyped. */
function showNone(all: readonly FailedJob[], json: boolean): number {
  if (json) return say(rowsJson([]));
  const codes = [...new Set(all.map(({ code }) => code))].toSorted().join(', ');
  return say(all.length === 0 ? 'no job has failed' : `no such job, of ${all.length} that failed with: ${codes}`);
}

function show(rows: readonly RetryRow[], json: boolean): number {
  return say(json ? rowsJson(rows) : `${retryTable(rows)}\n${sums(rows)}; nothing was sent: --send does it`);
}

function say(text: string): number {
  console.log(text);
  return 0;
}

const done: Readonly<Record<Sent, string>> = {
  'input topic': 'sent',
  'error record': 'sent, from the error record (retention has taken the original)',
  gone,
  'too large': 'not sent: larger than the topic takes',
};

async function sendAll(
  meant: readonly FailedJob[],
  known: FailedJobs,
  reader: TopicReader,
  sender: TransactionalSender,
  json: boolean,
): Promise<number> {
  const rows: RetryRow[] = meant
    .filter((failed) => known.wasSent(failed))
    .map((failed) => ({ failed, what: sentBefore }));
  const open = meant.filter((failed) => !known.wasSent(failed));
  let failures = 0;
  const settled = (failed: FailedJob, sent: Sent): void => {
    rows.push({ failed, what: done[sent] });
    if (sent === 'gone' || sent === 'too large') failures += 1;
  };
  const progress = (): void => console.error(`${rows.length} of ${meant.length} done`);
  try {
    await sendAgain(open, { reader, sender, settled, progress });
  } finally {
    // Also when it was cut short: what was sent was sent.
    if (rows.length > 0) console.log(json ? rowsJson(rows) : `${retryTable(rows)}\n${sums(rows)}`);
  }
  return failures === 0 ? 0 : 1;
}
