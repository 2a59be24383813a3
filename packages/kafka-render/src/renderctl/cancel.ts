import { setTimeout as sleep } from 'node:timers/promises';
import { parseCommandLine, TopicReader } from 'kafka-runner';
import { z } from 'zod';
import { renderSettings } from '../config.ts';
import { respell } from '../connection-options.ts';
import { findJobs, parseNamedJob, placeName, type SentJob } from './named-job.ts';
import { cancelOrder, sendOrders } from './orders.ts';
import {
  checkTopics,
  clusterAt,
  controlTopicOption,
  endTopicOptions,
  inTopicOption,
  jsonOption,
  kafkaOptions,
} from './topic-options.ts';
import { JobBoard, type BoardTopics, type WatchedJob } from './watch/job-board.ts';
import { TopicTail } from './watch/topic-tail.ts';

const pollMs = 100;
const { outTopic, errorTopic } = endTopicOptions;

export const cancelSpec = {
  program: 'kafka-renderctl cancel',
  description:
    'Ends jobs wherever they are: waiting, running, or between two attempts. Waits until result or error topic say how each ' +
    'has ended. Exit code 0 when all are cancelled; 1 when one had ended before, or nothing was said of it in time.',
  positionals: [{ name: 'job', help: 'TOPIC-PARTITION-OFFSET, or a jobId: all jobs that have it', takes: 'many' }],
  options: {
    reason: { flags: '--reason <text>', help: 'for people: why, or who', schema: z.string().max(1_000).optional() },
    timeout: {
      flags: '--timeout <seconds>',
      help: 'how long to wait for the ends of the jobs',
      schema: z.coerce.number().min(0).max(86_400).default(30),
    },
    inTopic: inTopicOption,
    outTopic,
    errorTopic,
    controlTopic: controlTopicOption,
    json: jsonOption,
    ...kafkaOptions,
  },
  example: 'kafka-renderctl cancel render.job-0-12 --reason "wrong camera"',
} as const;

/** Resolves to 0 when all jobs were cancelled, else to 1. */
export async function cancel(args: readonly string[]): Promise<number> {
  const { positionals, options } = parseCommandLine(cancelSpec, args.map(respell), renderSettings);
  checkTopics(options);
  const names = positionals.map(parseNamedJob);
  const cluster = clusterAt(options);
  await using reader = await TopicReader.connect(cluster);
  // A control topic that is not there is nobody's: its name may be mistyped.
  await reader.ranges(options.controlTopic);
  const jobs = await findJobs(reader, options.inTopic, names);
  const { board, ends } = boardOf(reader, options, jobs);
  await ends.poll((record) => board.take(record));
  const before = new Set(board.jobs.filter(({ isOver }) => isOver).map(placeName));
  if (!board.isOver) {
    const orders = names.map((named) => cancelOrder(named, options.reason));
    await sendOrders(cluster, options.controlTopic, orders);
    await untilOver(board, ends, options.timeout * 1_000);
  }
  for (const job of board.jobs) say(job, before.has(placeName(job)), options);
  return board.jobs.every((job) => job.state === 'cancelled' && !before.has(placeName(job))) ? 0 : 1;
}

function boardOf(reader: TopicReader, topics: BoardTopics, jobs: readonly SentJob[]) {
  const board = new JobBoard(topics);
  for (const job of jobs) board.add(job);
  const ends = [topics.outTopic, topics.errorTopic].map((topic) => ({ topic, from: 'start' as const }));
  return { board, ends: new TopicTail(reader, ends) };
}

async function untilOver(board: JobBoard, ends: TopicTail, timeoutMs: number): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (!board.isOver && performance.now() < giveUpAt) {
    await sleep(pollMs);
    await ends.poll((record) => board.take(record));
  }
}

function say(job: WatchedJob, isOld: boolean, { json, timeout }: { readonly json: boolean; readonly timeout: number }) {
  const what = outcome(job, isOld, timeout);
  const { state, isOver, code } = job;
  console.log(json ? JSON.stringify({ job: placeName(job), state, isOver, code, what }) : `${placeName(job)} ${what}`);
}

function outcome({ state, isOver, code }: WatchedJob, isOld: boolean, timeout: number): string {
  const end = state === 'failed' ? `failed (${code})` : state;
  if (isOld) return `${end} before: there is nothing to cancel`;
  if (state === 'cancelled') return 'cancelled';
  if (isOver) return `${end} before the order came to it`;
  return `no worker has said within ${timeout} s that it is cancelled: the order stays and holds for workers that come later`;
}
