import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { LabKafka, TopicOptions } from '../../../../../lab/kafka-admin.ts';
import { runPython } from '../../../../../lab/python.ts';
import { assertKeepsSecrets } from '../../../../../lab/secrets.ts';
import { sharedLab } from '../../../../../lab/shared-lab.ts';
import { FailedError } from 'kafka-runner';
import { jobErrorRecord } from '../../../../kafka-runner/src/error-record.ts';
import { RawProducer, type RawOutgoing } from './raw-producer.ts';

export const program = path.join(import.meta.dirname, '../../../../../bin/kafka-renderctl');

export interface CtlEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A record as Python's kafka-python reads it, read-committed. */
export interface SeenRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
}

/** A job as it was sent, and where it stands. */
export interface SentJob extends RawOutgoing {
  readonly partition: number;
  readonly offset: number;
}

/** The program, with topics of its own, and clients that write and read whatever there can be. */
export class CtlUnderTest {
  readonly topics: { readonly jobs: string; readonly results: string; readonly errors: string };
  readonly servers: readonly string[];
  readonly producer: RawProducer;
  readonly #nextOffsets = new Map<number, number>();

  private constructor(name: string, servers: readonly string[], producer: RawProducer) {
    this.topics = { jobs: `${name}.jobs`, results: `${name}.results`, errors: `${name}.errors` };
    this.servers = servers;
    this.producer = producer;
  }

  static async open(t: TestContext, options: TopicOptions = {}, at?: LabKafka): Promise<CtlUnderTest> {
    const kafka = at ?? (await sharedLab()).kafka;
    const producer = await RawProducer.connect(kafka.bootstrapServers);
    t.after(() => producer[Symbol.asyncDispose]());
    const test = new CtlUnderTest(`ctl-${randomBytes(6).toString('hex')}`, kafka.bootstrapServers, producer);
    for (const topic of Object.values(test.topics)) await kafka.createTopic(topic, options);
    return test;
  }

  /** Sends jobs, outside of transactions, and knows where they stand. */
  async sendJobs(jobs: readonly Omit<RawOutgoing, 'topic'>[]): Promise<SentJob[]> {
    const sent = jobs.map((job) => {
      const { partition = 0 } = job;
      const offset = this.#nextOffsets.get(partition) ?? 0;
      this.#nextOffsets.set(partition, offset + 1);
      return { ...job, topic: this.topics.jobs, partition, offset };
    });
    await this.producer.send(sent);
    return sent;
  }

  /** Writes what a worker writes when a job has failed. */
  async fail(jobs: readonly SentJob[], { code = 'command-failed', brief = false } = {}): Promise<void> {
    await this.producer.send(jobs.map((job) => this.errorRecord(job, code, brief)));
  }

  errorRecord(job: SentJob, code = 'command-failed', brief = false): RawOutgoing {
    const { topic, partition, offset, key = null, value, headers = [] } = job;
    const named = Object.fromEntries(headers.map(([name, content]) => [name, content.toString()]));
    const record = { topic, partition, offset, key, value, headers: named, timestampMs: undefined, queuedSince: 0 };
    const fields = { jobId: 1_000 + offset };
    const content = jobErrorRecord(new FailedError(code, 'it failed'), record, {
      runner: 'test',
      attempts: 1,
      fields,
      brief,
    });
    return { topic: this.topics.errors, key, value: Buffer.from(JSON.stringify(content)) };
  }

  result({ topic, partition, offset }: Pick<SentJob, 'topic' | 'partition' | 'offset'>): RawOutgoing {
    return {
      topic: this.topics.results,
      value: Buffer.from('{}'),
      headers: [
        ['job-topic', topic],
        ['job-partition', String(partition)],
        ['job-offset', String(offset)],
      ],
    };
  }

  retryArgs(...options: readonly string[]): string[] {
    return ['retry', this.topics.jobs, ...this.servers, '-e', this.topics.errors, ...options];
  }

  async retry(...options: readonly string[]): Promise<CtlEnd> {
    return await endOf(start(this.retryArgs(...options)));
  }

  async verify(...options: readonly string[]): Promise<CtlEnd> {
    const { jobs, results, errors } = this.topics;
    return await runCtl(['verify', jobs, results, ...this.servers, '-e', errors, ...options]);
  }

  /** What `verify --json` says; the exit code stands beside it. */
  async verified(...options: readonly string[]): Promise<Report> {
    const { code, stdout, stderr } = await this.verify('--json', ...options);
    if (stdout === '') throw new Error(`no report: ${stderr}`);
    return { ...(JSON.parse(stdout) as Omit<Report, 'code'>), code };
  }

  /** The jobs that were sent again, each by the name of the job that it repeats. */
  async retried(): Promise<{ readonly of: string; readonly record: SeenRecord }[]> {
    const records = await this.records(this.topics.jobs);
    return records.flatMap((record) => {
      const names = record.headers.filter(([name]) => name === 'retry-of').map(([, value]) => value.toString());
      return names.map((of) => ({ of, record }));
    });
  }

  async records(...topics: readonly string[]): Promise<SeenRecord[]> {
    const script = path.join(import.meta.dirname, '../../python/raw_records.py');
    const records = JSON.parse(await runPython(script, [this.servers.join(','), ...topics])) as Encoded[];
    return records.map(({ key, value, headers, ...place }) => ({
      ...place,
      key: decode(key),
      value: decode(value),
      headers: headers.map(([name, content]) => [name, Buffer.from(content, 'base64')] as const),
    }));
  }
}

interface Counted {
  readonly count: number;
  readonly examples: readonly string[];
}

export interface Report {
  readonly code: number | null;
  readonly clean: boolean;
  readonly jobs: number;
  readonly results: number;
  readonly errors: number;
  readonly lost: Counted;
  readonly doubled: Counted;
  readonly unknown: Counted;
  readonly unmatched: Counted;
  readonly expired: Counted;
  readonly beyondEnd: Counted;
  readonly inProgress: Counted;
  readonly waiting: Counted;
  readonly jobTaken: Counted;
  readonly nameless: Counted;
  readonly ofOtherTopics: number;
}

interface Encoded {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string])[];
}

function decode(content: string | null): Buffer | null {
  return content === null ? null : Buffer.from(content, 'base64');
}

export function nameOf({ topic, partition, offset }: Pick<SentJob, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${partition}@${offset}`;
}

/** Starts the program as a user does. */
export function start(args: readonly string[]): ChildProcess {
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

export async function endOf(child: ChildProcess): Promise<CtlEnd> {
  const printed = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (printed.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (printed.stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  assertKeepsSecrets(printed.stdout + printed.stderr, 'kafka-renderctl');
  return { code, ...printed };
}

export async function runCtl(args: readonly string[]): Promise<CtlEnd> {
  return await endOf(start(args));
}
