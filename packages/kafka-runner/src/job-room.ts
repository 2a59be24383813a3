import path from 'node:path';
import { CommandOutput } from './command/command-output.ts';
import { runCommand, type Command, type CommandContext, type CommandResult } from './command/run-command.ts';
import { Guardian } from './command/guardian.ts';
import { MemoryLimit } from './command/memory-limit.ts';
import { Spawner } from './command/spawner.ts';
import { DiskGuard } from './disk-guard.ts';
import { ConfigError } from './errors.ts';
import type { Delivery } from './job-flow.ts';
import { JobFolders, type JobFolder } from './job-folders.ts';
import type { Job } from './job.ts';
import type { Logger } from './logging/logger.ts';
import type { RunnerSettings } from './options.ts';
import { localFileError } from './storage/local-file-error.ts';
import { noProgress, timeLimit, type TimeLimit } from './time-limit.ts';

/** Where jobs live while they run: their folders, and the processes of their commands. */
export class JobRoom implements AsyncDisposable {
  readonly #folders: JobFolders;
  readonly #guardian: Guardian;
  readonly #spawner = new Spawner();
  readonly #disk: DiskGuard;
  readonly #memory: MemoryLimit;
  readonly #settings: RunnerSettings;
  readonly #markPrefix: string;
  /** The clocks of the open jobs; each runs while a command of its job does. */
  readonly #clocks = new WeakMap<Job, TimeLimit>();
  #runs = 0;

  private constructor(folders: JobFolders, memory: MemoryLimit, settings: RunnerSettings, markPrefix: string) {
    this.#memory = memory;
    this.#folders = folders;
    this.#guardian = new Guardian(markPrefix);
    this.#disk = new DiskGuard(settings.jobsFolder, settings.minFreeBytes);
    this.#settings = settings;
    this.#markPrefix = markPrefix;
  }

  /**
   * @param markPrefix what the marks of this worker's process trees start with
   * @throws ConfigError when the folder for jobs, or the memory limit, cannot be used
   */
  static async prepare(settings: RunnerSettings, markPrefix: string): Promise<JobRoom> {
    const memory = new MemoryLimit(settings.commandMemoryBytes);
    try {
      return new JobRoom(await JobFolders.open(settings.jobsFolder), memory, settings, markPrefix);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const folder = path.resolve(settings.jobsFolder);
      throw new ConfigError(`The folder for jobs ${folder} cannot be used: ${why}.`, { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#spawner[Symbol.dispose]();
    this.#guardian[Symbol.dispose]();
    await this.#folders[Symbol.asyncDispose]();
  }

  /** Waits for room on the disk first. */
  async open({ record, signal, attempt, logger, onProgress }: Delivery): Promise<Job> {
    await this.#untilRoom(signal, logger);
    const { topic, partition, offset } = record;
    const resources = new AsyncDisposableStack();
    const clock = resources.use(timeLimit(signal, this.#settings.noProgressTimeoutMs, noProgress));
    const { work, tmp } = resources.use(await openFolder(this.#folders, `${partition}-${offset}`));
    const about = { topic, partition, offset, attempt, signal: clock.signal, logger };
    const folders = { folder: work, temporaryFolder: tmp };
    const progress = (): void => {
      clock.restart();
      onProgress?.();
    };
    const job = { ...about, ...folders, output: new CommandOutput(), headers: new Map(), progress, resources };
    this.#clocks.set(job, clock);
    return job;
  }

  async #untilRoom(signal: AbortSignal, logger: Logger): Promise<void> {
    try {
      await this.#disk.untilRoom(signal, logger);
    } catch (error) {
      throw localFileError(error, 'the folder for jobs') ?? error;
    }
  }

  async run(command: Command, job: Job): Promise<CommandResult> {
    this.#runs += 1;
    // Only while the command runs: what is waited for before and after it (storage) has time limits of its own.
    using clock = this.#clocks.get(job);
    clock?.start();
    const { outputLevel, commandGraceMs } = this.#settings;
    const context = {
      cwd: process.cwd(),
      temporaryFolder: job.temporaryFolder,
      signal: job.signal,
      mark: `${this.#markPrefix}/${this.#runs}`,
      spawner: this.#spawner,
      guardian: this.#guardian,
      graceMs: commandGraceMs,
      output: job.output,
      onLine: (line: string, stream: 'stdout' | 'stderr'): void => {
        clock?.restart();
        job.logger[outputLevel]({ stream }, line);
      },
    } satisfies CommandContext;
    return await this.#memory.watch(() => runCommand(this.#memory.applyTo(command), context));
  }
}

/** A full disk is the worker's trouble, not the job's: it is kept until there is room. */
async function openFolder(folders: JobFolders, name: string): Promise<JobFolder> {
  try {
    return await folders.create(name);
  } catch (error) {
    throw localFileError(error, `the folder of job ${name}`) ?? error;
  }
}
