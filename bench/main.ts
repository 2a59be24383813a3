/**
 * `npm run bench`: what the worker costs, against doing the same by hand, on a real Kafka, MinIO and Blender.
 *
 *     --quick    fewer rounds, and without the longest rows
 *     --write    puts the table into docs/benchmarks.md
 */
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startLab, type Lab } from '../lab/lab.ts';
import { outFolder, run, startWorker } from './processes.ts';
import { renderRows } from './render-rows.ts';
import { report } from './report.ts';
import { measureRow, type Row } from './row.ts';
import { secondsOf } from './statistics.ts';
import { TopicPair } from './topic-pair.ts';

const root = path.dirname(import.meta.dirname);
const quick = process.argv.includes('--quick');

/** A runner whose jobs are `true`, and its topics. */
async function startTrueRunner(lab: Lab, delivery: string, concurrency: number) {
  await using resources = new AsyncDisposableStack();
  const topics = resources.use(
    await TopicPair.open(lab.kafka, `${delivery}-${concurrency}-${randomUUID().slice(0, 8)}`),
  );
  const { inTopic, outTopic } = topics;
  const runner = path.join(root, 'bench/true-runner.ts');
  const args = [inTopic, outTopic, ...lab.kafka.bootstrapServers, delivery, String(concurrency)];
  resources.use(startWorker('bin/node', [runner, ...args], lab.folder));
  await topics.roundTrip([{ jobId: 0 }]);
  const all = resources.move();
  return { topics, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** As many as a machine of two cores has use for: while one job's end is written, others run. */
const slots = 8;

async function baseRow(lab: Lab): Promise<Row> {
  await using ours = await startTrueRunner(lab, 'exactly-once', slots);
  const jobs = Array.from({ length: quick ? 100 : 500 }, (_, jobId) => ({ jobId }));
  return await measureRow(
    {
      name: `the base with the command \`true\`, ${slots} slots, ${jobs.length} queued jobs`,
      comparedWith: 'a loop of bare spawns of `true`',
      unit: 'jobs/s',
      bar: 'at least 200 jobs/s, or 0.8 times, whichever is less',
      isMet: (ratio, jobsPerSecond) => jobsPerSecond >= 200 || ratio >= 0.8,
    },
    quick ? 3 : 7,
    async () => jobs.length / (await secondsOf(() => ours.topics.roundTrip(jobs))),
    async () =>
      jobs.length /
      (await secondsOf(async () => {
        for (const _ of jobs) await run('true', []);
      })),
  );
}

/** What waits costs the jobs nothing. (Memory with 100,000 waiting: the fault suite.) */
async function backlogRow(lab: Lab): Promise<Row> {
  await using ours = await startTrueRunner(lab, 'exactly-once', slots);
  const msPerJob = async (count: number): Promise<number> =>
    (1_000 / count) *
    (await secondsOf(() => ours.topics.roundTrip(Array.from({ length: count }, (_, jobId) => ({ jobId })))));
  return await measureRow(
    {
      name: 'time for a job of the base, 10,000 queued',
      comparedWith: '1,000 queued',
      unit: 'ms',
      bar: 'within 20 %',
      isMet: (ratio) => ratio <= 1.2,
    },
    3,
    () => msPerJob(10_000),
    () => msPerJob(1_000),
  );
}

/** One job at a time on an idle worker: its begin and its end are a commit each. */
async function transactionRow(lab: Lab): Promise<Row> {
  await using exactlyOnce = await startTrueRunner(lab, 'exactly-once', 1);
  await using atLeastOnce = await startTrueRunner(lab, 'at-least-once', 1);
  const latencyMs = async ({ topics }: { topics: TopicPair }): Promise<number> =>
    1_000 * (await secondsOf(() => topics.roundTrip([{ jobId: 1 }])));
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

await mkdir(outFolder, { recursive: true });
await using lab = await startLab();
const rows = [
  ...(await renderRows(lab, quick)),
  await baseRow(lab),
  ...(quick ? [] : [await backlogRow(lab)]),
  await transactionRow(lab),
];
await writeFile(path.join(outFolder, 'bench.json'), `${JSON.stringify(rows, null, 2)}\n`);
await report(rows, { writeTo: process.argv.includes('--write') ? path.join(root, 'docs/benchmarks.md') : undefined });
process.exitCode = rows.every((row) => row.bare === undefined || row.met) ? 0 : 1;
