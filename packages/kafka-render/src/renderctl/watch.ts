import { setTimeout as sleep } from 'node:timers/promises';
import { onShutdownSignals, parseCommandLine, TopicReader } from 'kafka-runner';
import { renderSettings } from '../config.ts';
import { respell } from '../connection-options.ts';
import type { Cluster } from './cluster.ts';
import { findJobs, parseNamedJob, toSentJob, type NamedJob } from './named-job.ts';
import { checkTopics, clusterAt, endTopicOptions, inTopicOption, jsonOption, kafkaOptions } from './topic-options.ts';
import { JobBoard, type BoardTopics } from './watch/job-board.ts';
import { TopicTail, type TailedTopic } from './watch/topic-tail.ts';
import { watchView, type WatchView } from './watch/watch-view.ts';

const pollMs = 250;
const interrupted = 130;

export const watchSpec = {
  program: 'kafka-renderctl watch',
  description:
    'Shows how jobs go on: state, frames, frames a minute and the time that is left, as a table on a terminal and as lines ' +
    'elsewhere. Of jobs that are named it ends with the last of them: exit code 0 when all have completed, else 1. Without ' +
    'names it shows all that have not ended, until Ctrl-C. How far a job is only the progress topic says.',
  positionals: [{ name: 'job', help: 'TOPIC-PARTITION-OFFSET, or a jobId: all jobs that have it', takes: 'any' }],
  options: { inTopic: inTopicOption, ...endTopicOptions, json: jsonOption, ...kafkaOptions },
  example: 'kafka-renderctl watch render.job-0-12 render.job-1-9',
} as const;

/** Resolves to 0 when all jobs that were named have completed, else to 1, or 130 after Ctrl-C. */
export async function watch(args: readonly string[]): Promise<number> {
  const { positionals, options } = parseCommandLine(watchSpec, args.map(respell), renderSettings);
  checkTopics(options);
  return await watchJobs(clusterAt(options), options, positionals.map(parseNamedJob));
}

export async function watchJobs(
  cluster: Cluster,
  options: BoardTopics & { readonly json: boolean },
  names: readonly NamedJob[],
): Promise<number> {
  await using reader = await TopicReader.connect(cluster);
  const stopped = new AbortController();
  using _signals = onShutdownSignals(() => stopped.abort());
  const board = new JobBoard(options);
  for (const job of await findJobs(reader, options.inTopic, names)) board.add(job);
  const view = watchView(options.json);
  const isOver = await follow(reader, { board, view, topics: options, isNamed: names.length > 0 }, stopped.signal);
  view.end(board);
  if (!isOver) return names.length > 0 ? interrupted : 0;
  return board.jobs.every(({ state }) => state === 'completed') ? 0 : 1;
}

/** The topics that say how jobs go on and end. */
function tailedTopics({ outTopic, errorTopic, progressTopic }: BoardTopics): TailedTopic[] {
  const progress = progressTopic === undefined ? [] : [{ topic: progressTopic, from: 'latest' } as const];
  return [...progress, { topic: outTopic, from: 'start' }, { topic: errorTopic, from: 'start' }];
}

interface Watched {
  readonly board: JobBoard;
  readonly view: WatchView;
  readonly topics: BoardTopics;
  readonly isNamed: boolean;
}

/** Resolves to whether all jobs that were named have ended; false after Ctrl-C. */
async function follow(reader: TopicReader, watched: Watched, signal: AbortSignal): Promise<boolean> {
  const { board, view, topics, isNamed } = watched;
  const jobs = new TopicTail(reader, [{ topic: topics.inTopic, from: 'start' }]);
  const ends = new TopicTail(reader, tailedTopics(topics));
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    // Jobs first: what has ended is on the board then.
    if (!isNamed) await jobs.poll((record) => board.add(toSentJob(record)));
    await ends.poll((record) => board.take(record));
    if (isFirst && !isNamed) board.forgetEnded();
    view.show(board);
    if (isNamed && board.isOver) return true;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
