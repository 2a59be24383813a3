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

/** Topics and a group of one test's own, runners for them, and an outsider's view of what they do. */
export class RunnerUnderTest implements RunnerTopics {
  readonly bootstrapServers: readonly string[];
  readonly inTopic: string;
  readonly outTopic: string;
  readonly errorTopic: string;
  readonly groupId: string | undefined;
  /** For what jobs leave behind; removed when the test is over. */
  readonly folder: string;
  readonly #t: TestContext;
  readonly #sender: Sender;

  private constructor(t: TestContext, kafka: LabKafka, folder: string, sender: Sender, hasGroup: boolean) {
    const name = randomUUID().slice(0, 8);
    this.inTopic = `jobs-${name}`;
    this.outTopic = `results-${name}`;
    this.errorTopic = `errors-${name}`;
    this.groupId = hasGroup ? `group-${name}` : undefined;
    this.folder = folder;
    this.bootstrapServers = kafka.bootstrapServers;
    this.#t = t;
    this.#sender = sender;
  }

  /** @param setting what the input topic is like; `kafka`: the lab's, `group`: true, unless said otherwise */
  static async create(
    t: TestContext,
    { kafka, group = true, ...input }: TopicOptions & { kafka?: LabKafka; group?: boolean } = {},
  ): Promise<RunnerUnderTest> {
    const home = kafka ?? (await sharedLab()).kafka;
    const folder = await mkdtemp(path.join(tmpdir(), 'runner-test-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const sender = await Sender.connect(home.bootstrapServers);
    t.after(() => sender.close());
    const created = new RunnerUnderTest(t, home, folder, sender, group);
    await home.createTopic(created.inTopic, input);
    await Promise.all([home.createTopic(created.outTopic), home.createTopic(created.errorTopic)]);
    return created;
  }

  /** The options of a runner with a group. */
  get options(): KafkaRunnerOptions {
    const { inTopic, outTopic, errorTopic, groupId } = this;
    const bootstrapServers = [...this.bootstrapServers];
    const jobsFolder = path.join(this.folder, 'kafka-runner');
    return { bootstrapServers, inTopic, outTopic, errorTopic, jobsFolder, ...(groupId && { groupId }) };
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
