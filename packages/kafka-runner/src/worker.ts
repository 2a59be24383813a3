import path from 'node:path';
import type { ConsumedRecord, Consumer, Producer } from './broker/port.ts';
import { CommandOutput } from './command/command-output.ts';
import { Guardian } from './command/guardian.ts';
import { runCommand, type Command, type CommandResult } from './command/run-command.ts';
import { ConfigError, InterruptedError } from './errors.ts';
import { Intake } from './intake.ts';
import { JobFolders, type JobFolder } from './job-folders.ts';
import { runJob, type Delivery, type JobAuthor, type JobFlowContext } from './job-flow.ts';
import type { Job } from './job.ts';
import { localFileError } from './storage/local-file-error.ts';
import type { Logger } from './logging/logger.ts';
import { OffsetWriter } from './offsets/offset-writer.ts';
import { OwnedPartitions } from './offsets/owned-partitions.ts';
import type { RunnerSettings } from './options.ts';
import type { WorkerIdentity } from './worker-identity.ts';

export interface WorkerParts {
  readonly settings: RunnerSettings;
  readonly author: JobAuthor;
  readonly consumer: Consumer;
  readonly producer: Producer;
  readonly identity: WorkerIdentity;
  readonly runner: string;
  readonly logger: Logger;
}

/** Records wait here for a slot; the buffer hides the slow resume of a paused partition. */
const intakeRecords = 256;
const intakeBytes = 16_777_216;

/** How long a job that is handed back may take to let go, beyond the grace period of its command. */
const heedMs = 5_000;

/** Takes records in, runs jobs in its slots, and stops in good order. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #owned = new OwnedPartitions();
  readonly #intake: Intake;
  readonly #offsets: OffsetWriter;
  /** Aborted when running jobs have to be handed back. */
  readonly #handBack = new AbortController();
  /** Resolves when an author's code does not heed the signal. */
  readonly #givenUp = Promise.withResolvers<void>();
  #runs = 0;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    const { consumer, logger } = parts;
    const pause = (): void => consumer.pause();
    const resume = (): void => consumer.resume();
    this.#intake = new Intake({ highRecords: intakeRecords, highBytes: intakeBytes, pause, resume });
    this.#offsets = new OffsetWriter(consumer, logger);
  }

  /** Resolves when `stop` was called and every job is finished or handed back. */
  async run(): Promise<void> {
    const { settings, consumer, identity } = this.#parts;
    await using folders = await openFolders(settings.jobsFolder);
    using _guardian = new Guardian(identity.id);
    const context = this.#jobFlowContext(folders);
    await consumer.start({
      assigned: (partitions) => {
        this.#parts.logger.info({ partitions: partitions.map(({ partition }) => partition) }, 'partitions assigned');
        this.#owned.assign(partitions);
      },
      revoked: (partitions) => {
        this.#parts.logger.info({ partitions: partitions.map(({ partition }) => partition) }, 'partitions revoked');
        this.#owned.revoke(partitions);
        this.#intake.drop(partitions);
      },
      record: (record) => this.#intake.offer(record),
    });
    const slots = Promise.all(Array.from({ length: settings.concurrency }, () => this.#fillSlot(context)));
    await Promise.race([slots, this.#givenUp.promise]);
  }

  /** Takes no more records, lets running jobs end within the shutdown time-out, then hands them back. */
  stop(reason: string): void {
    const { settings, consumer, logger } = this.#parts;
    logger.info(`${reason}: running jobs have ${settings.shutdownTimeoutMs / 1_000} s to end`);
    consumer.stop();
    this.#intake.close();
    const handBack = (): void => this.#handBack.abort(new InterruptedError('shutdown', `stopped by ${reason}`));
    setTimeout(handBack, settings.shutdownTimeoutMs).unref();
    setTimeout(() => this.#giveUp(), settings.shutdownTimeoutMs + settings.commandGraceMs + heedMs).unref();
  }

  #giveUp(): void {
    this.#parts.logger.warn('a job does not heed its signal; nobody waits for it any longer, it is handed back');
    this.#givenUp.resolve();
  }

  async #fillSlot(context: JobFlowContext): Promise<void> {
    for (let record = await this.#intake.take(); record; record = await this.#intake.take()) {
      const delivery = this.#deliver(record);
      if (delivery) await runJob(delivery, context);
    }
  }

  /** Undefined when the record is not ours any more, or was delivered before. */
  #deliver(record: ConsumedRecord): Delivery | undefined {
    const { topic, partition, offset } = record;
    const owned = this.#owned.of(record);
    if (!owned?.ledger.deliver(offset)) return undefined;
    return {
      record,
      owned,
      signal: AbortSignal.any([owned.signal, this.#handBack.signal]),
      attempt: 1,
      logger: this.#parts.logger.child({ topic, partition, offset }),
    };
  }

  #jobFlowContext(folders: JobFolders): JobFlowContext {
    const { settings, author, producer, identity, runner } = this.#parts;
    return {
      author,
      producer,
      offsets: this.#offsets,
      outTopic: settings.outTopic,
      errorTopic: settings.errorTopic,
      maxMessageBytes: settings.maxMessageBytes,
      runner,
      worker: identity.name,
      openJob: (delivery) => openJob(delivery, folders),
      runCommand: (command, job) => this.#runCommand(command, job),
    };
  }

  async #runCommand(command: Command, job: Job): Promise<CommandResult> {
    const { settings, identity } = this.#parts;
    this.#runs += 1;
    return await runCommand(command, {
      cwd: process.cwd(),
      temporaryFolder: job.temporaryFolder,
      signal: job.signal,
      mark: `${identity.id}/${this.#runs}`,
      graceMs: settings.commandGraceMs,
      output: job.output,
      onLine: (line, stream) => job.logger[settings.outputLevel]({ stream }, line),
    });
  }
}

async function openFolders(root: string): Promise<JobFolders> {
  try {
    return await JobFolders.open(root);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`The folder for jobs ${path.resolve(root)} cannot be used: ${why}.`, { cause });
  }
}

async function openJob(delivery: Delivery, folders: JobFolders): Promise<Job> {
  const { record, signal, attempt, logger } = delivery;
  const { topic, partition, offset } = record;
  const resources = new AsyncDisposableStack();
  const { work, tmp } = resources.use(await openFolder(folders, `${partition}-${offset}`));
  const about = { topic, partition, offset, attempt, signal, logger };
  return { ...about, folder: work, temporaryFolder: tmp, output: new CommandOutput(), headers: new Map(), resources };
}

/** A full disk is the worker's trouble, not the job's: it is kept until there is room. */
async function openFolder(folders: JobFolders, name: string): Promise<JobFolder> {
  try {
    return await folders.create(name);
  } catch (error) {
    throw localFileError(error, `the folder of job ${name}`) ?? error;
  }
}
