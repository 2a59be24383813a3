/**
 * How long `kafka-renderctl verify` takes, and how much memory, for so many records in each of its three topics:
 *
 *     bin/node bench/verify.ts [COUNT]      default: a million
 */
import { randomBytes } from 'node:crypto';
import { sharedLab } from '../lab/shared-lab.ts';
import { measureCtl, sendMany } from '../packages/kafka-render/test/broker/renderctl/many-jobs.ts';

const count = Number(process.argv[2] ?? 1_000_000);
await using lab = await sharedLab();
const { kafka } = lab;
const name = `verify-${randomBytes(6).toString('hex')}`;
const topics = { jobs: `${name}.jobs`, results: `${name}.results`, errors: `${name}.errors`, partitions: 4 };
for (const topic of [topics.jobs, topics.results, topics.errors]) await kafka.createTopic(topic, { partitions: 4 });

console.log(`sending ${count} records to each of three topics ...`);
const startedMs = performance.now();
await sendMany(kafka.bootstrapServers, topics, count);
console.log(`sent in ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);

const args = ['verify', topics.jobs, topics.results, ...kafka.bootstrapServers, '-e', topics.errors];
const { code, stdout, stderr, seconds, peakBytes } = await measureCtl(args);
console.log(
  `${stdout}${stderr}exit code ${code}; ${seconds.toFixed(1)} s, ${(peakBytes / 1e6).toFixed(0)} MB resident at most`,
);
process.exitCode = code ?? 1;
