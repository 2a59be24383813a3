import path from 'node:path';
import type { Lab } from '../lab/lab.ts';
import { run, startWorker } from './processes.ts';
import { compare, measureRow, takeRounds, type Row, type RowSpec } from './row.ts';
import { secondsOf } from './statistics.ts';
import { TopicPair } from './topic-pair.ts';

/** As many as a machine of two cores has use for: while one job's end is written, others run. */
const slots = 8;

/** The base, with the shortest of commands. */
export async function* baseRows(lab: Lab, quick: boolean): AsyncGenerator<Row> {
  await using exactlyOnce = await startTrueRunner(lab, 'exactly-once');
  {
    await using atLeastOnce = await startTrueRunner(lab, 'at-least-once');
    yield await transactionRow(exactlyOnce.topics, atLeastOnce.topics, quick);
  }
  yield await spawnRow(exactlyOnce.topics, quick);
  if (!quick) yield* backlogRows(exactlyOnce.topics);
}

/** A runner whose jobs are `true`, and its topics. */
async function startTrueRunner(lab: Lab, delivery: string) {
  await using resources = new AsyncDisposableStack();
  const topics = resources.use(await TopicPair.open(lab.kafka, delivery));
  const { inTopic, outTopic } = topics;
  const runner = path.join(import.meta.dirname, 'true-runner.ts');
  const args = [inTopic, outTopic, ...lab.kafka.bootstrapServers, delivery, String(slots)];
  resources.use(startWorker('bin/node', [runner, ...args], lab.folder));
  await topics.roundTrip(jobs(50));
  const all = resources.move();
  return { topics, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

function jobs(count: number): { readonly jobId: number }[] {
  return Array.from({ length: count }, (_, jobId) => ({ jobId }));
}

/** One job at a time on an idle worker: its begin and its end are a commit each. */
async function transactionRow(exactlyOnce: TopicPair, atLeastOnce: TopicPair, quick: boolean): Promise<Row> {
  const latencyMs = async (topics: TopicPair): Promise<number> =>
    1_000 * (await secondsOf(() => topics.roundTrip(jobs(1))));
  return await measureRow(
    {
      name: 'idle latency of `true`, exactly-once',
      comparedWith: 'the same, at-least-once',
      unit: 'ms',
      bar: 'at most 15 ms more',
      isMet: (_ratio, exactlyOnceMs, atLeastOnceMs) => exactlyOnceMs - atLeastOnceMs <= 15,
    },
    quick ? 20 : 100,
    () => latencyMs(exactlyOnce),
    () => latencyMs(atLeastOnce),
  );
}

async function spawnRow(topics: TopicPair, quick: boolean): Promise<Row> {
  const count = quick ? 100 : 500;
  return await measureRow(
    {
      name: `the base with the command \`true\`, ${slots} slots, ${count} queued jobs`,
      comparedWith: 'a loop of bare spawns of `true`',
      unit: 'jobs/s',
      bar: 'at least 200 jobs/s, or 0.8 times, whichever is less',
      isMet: (ratio, jobsPerSecond) => jobsPerSecond >= 200 || ratio >= 0.8,
    },
    quick ? 3 : 7,
    async () => count / (await secondsOf(() => topics.roundTrip(jobs(count)))),
    async () =>
      count /
      (await secondsOf(async () => {
        for (let spawned = 0; spawned < count; spawned += 1) await run('true', []);
      })),
  );
}

/** What waits costs the jobs nothing. (Memory with 100,000 waiting: the fault suite.) */
async function* backlogRows(topics: TopicPair): AsyncGenerator<Row> {
  const msPerJob = (count: number) => async (): Promise<number> =>
    (1_000 / count) * (await secondsOf(() => topics.roundTrip(jobs(count))));
  const spec = (queued: string): RowSpec => ({
    name: `time for a job of the base, ${queued} queued`,
    ...{ comparedWith: '1,000 queued', unit: 'ms', bar: 'within 20 %' },
    isMet: (ratio) => ratio <= 1.2,
  });
  const { few, many } = await takeRounds(3, { few: msPerJob(1_000), many: msPerJob(10_000) });
  yield compare(spec('10,000'), many, few);
  // Seven minutes: once, between two of the others.
  const before = await msPerJob(1_000)();
  const most = await msPerJob(100_000)();
  const after = await msPerJob(1_000)();
  yield compare(spec('100,000'), [most], [(before + after) / 2]);
}
