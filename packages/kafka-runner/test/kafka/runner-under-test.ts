import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { sharedLab } from '../../../../lab/shared-lab.ts';
import type { LabKafka, TopicOptions } from '../../../../lab/lab.ts';
import type { KafkaRunnerOptions } from '../../src/options.ts';
import { assertAllDone, look, type RunnerTopics, type Seen } from './oracle.ts';
import { RunnerProcess, type RunnerStart } from './runner-process.ts';
import { Sender, type SendOptions } from './sender.ts';

/** A job of `fixtures/test-runner.ts`. */
export interface TestJob {
  readonly jobId?: unknown;
  readonly command: readonly string[];
  readonly responseBytes?: number;
  /** Its response never comes, whatever its signal says. */
  readonly isDeaf?: boolean;
  /** If its command prints `first`, it keeps the event loop of its worker busy until then. */
  readonly blocksUntilMs?: number;
  /** It logs a line of level error. */
  readonly logsError?: boolean;
}

interface WhatItHas {
  /** A consumer group. */
  readonly group?: boolean;
  /** Topics for events and orders. */
  readonly steered?: boolean;
}

type RunnerTestOptions = TopicOptions & WhatItHas & { readonly kafka?: LabKafka };

/** Topics and a group of one test's own, runners for them, and an outsider's view of what they do. */
export class RunnerUnderTest implements RunnerTopics {
  readonly bootstrapServers: readonly string[];
  readonly inTopic: string;
  readonly outTopic: string;
  readonly errorTopic: string;
  readonly groupId: string | undefined;
  /** Named to its workers when the runner is `steered`. */
  readonly progressTopic: string;
  readonly controlTopic: string;
  readonly #isSteered: boolean;
  /** For what jobs leave behind; removed when the test is over. */
  readonly folder: string;
  readonly #t: TestContext;
  readonly #sender: Sender;

  private constructor(t: TestContext, kafka: LabKafka, folder: string, sender: Sender, has: Required<WhatItHas>) {
    const name = randomUUID().slice(0, 8);
    this.inTopic = `jobs-${name}`;
    this.outTopic = `results-${name}`;
    this.errorTopic = `errors-${name}`;
    this.groupId = has.group ? `group-${name}` : undefined;
    this.progressTopic = `progress-${name}`;
    this.controlTopic = `control-${name}`;
    this.#isSteered = has.steered;
    this.folder = folder;
    this.bootstrapServers = kafka.bootstrapServers;
    this.#t = t;
    this.#sender = sender;
  }

  /** @param setting what the input topic is like; `kafka`: the lab's, `group`: true, `steered`: false, unless said otherwise */
  static async create(
    t: TestContext,
    { kafka, group = true, steered = false, ...input }: RunnerTestOptions = {},
  ): Promise<RunnerUnderTest> {
    const home = kafka ?? (await sharedLab()).kafka;
    const folder = await mkdtemp(path.join(tmpdir(), 'runner-test-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const sender = await Sender.connect(home.bootstrapServers);
    t.after(() => sender.close());
    const created = new RunnerUnderTest(t, home, folder, sender, { group, steered });
    await home.createTopic(created.inTopic, input);
    const { outTopic, errorTopic, progressTopic, controlTopic } = created;
    const others = [outTopic, errorTopic, ...(steered ? [progressTopic, controlTopic] : [])];
    await Promise.all(others.map((topic) => home.createTopic(topic)));
    return created;
  }

  /** The options of a runner with a group. */
  get options(): KafkaRunnerOptions {
    const { inTopic, outTopic, errorTopic, groupId } = this;
    const bootstrapServers = [...this.bootstrapServers];
    const jobsFolder = path.join(this.folder, 'kafka-runner');
    const { progressTopic, controlTopic } = this;
    const steering = this.#isSteered ? { progressTopic, controlTopic } : {};
    return { bootstrapServers, inTopic, outTopic, errorTopic, jobsFolder, ...(groupId && { groupId }), ...steering };
  }

  /** What is left in the folder in which runners make the folders of their jobs. */
  async jobsFolders(): Promise<string[]> {
    return await readdir(this.options.jobsFolder ?? '');
  }

  /** Starts a runner whose jobs are TestJobs. */
  start(different: Partial<KafkaRunnerOptions> = {}, how: RunnerStart = {}): RunnerProcess {
    return new RunnerProcess(this.#t, { ...this.options, ...different }, how);
  }

  /** Starts a runner and waits until it has partitions. */
  async startAssigned(different: Partial<KafkaRunnerOptions> = {}, how: RunnerStart = {}): Promise<RunnerProcess> {
    const runner = this.start(different, how);
    await runner.logged(/^partitions assigned$/);
    return runner;
  }

  /** Sends jobs in order, each to any partition. */
  async send(...jobs: TestJob[]): Promise<void> {
    for (const job of jobs) await this.sendValue(JSON.stringify(job));
  }

  async sendValue(value: string | Buffer | null, options: SendOptions = {}): Promise<void> {
    await this.#sender.send(this.inTopic, value, options);
  }

  /** Gives an order, at this time: a cancellation of one of its jobs, or whatever is said. */
  async order(order: Readonly<Record<string, unknown>>): Promise<void> {
    const time = new Date().toISOString();
    const place = 'offset' in order ? { order: 'cancel', topic: this.inTopic, partition: 0 } : {};
    await this.#sender.send(this.controlTopic, JSON.stringify({ ...place, time, ...order }));
  }

  /** What is no order. */
  async sendToControl(value: string | Buffer | null): Promise<void> {
    await this.#sender.send(this.controlTopic, value, { key: 'a key' });
  }

  /** Sends the error record of a job as if a runner had. */
  async sendTerminal(job: { readonly partition: number; readonly offset: number }): Promise<void> {
    await this.#sender.send(this.errorTopic, JSON.stringify({ kind: 'job', topic: this.inTopic, ...job }));
  }

  /** Waits for a terminal record of each job, or for as many as is said, and looks at everything. */
  async look(terminals?: number): Promise<Seen> {
    return await look(this, terminals);
  }

  /** Waits until all jobs are over and asserts that all promises were kept. */
  async assertAllDone(): Promise<Seen> {
    const seen = await this.look();
    assertAllDone(seen);
    return seen;
  }
}
