import path from 'node:path';
import { CommandOutput } from './command/command-output.ts';
import { runCommand, type Command, type CommandResult } from './command/run-command.ts';
import { Guardian } from './command/guardian.ts';
import { ConfigError } from './errors.ts';
import type { Delivery } from './job-flow.ts';
import { JobFolders, type JobFolder } from './job-folders.ts';
import type { Job } from './job.ts';
import type { RunnerSettings } from './options.ts';
import { localFileError } from './storage/local-file-error.ts';

/** Where jobs live while they run: their folders, and the processes of their commands. */
export class JobRoom implements AsyncDisposable {
  readonly #folders: JobFolders;
  readonly #guardian: Guardian;
  readonly #settings: RunnerSettings;
  readonly #markPrefix: string;
  #runs = 0;

  private constructor(folders: JobFolders, settings: RunnerSettings, markPrefix: string) {
    this.#folders = folders;
    this.#guardian = new Guardian(markPrefix);
    this.#settings = settings;
    this.#markPrefix = markPrefix;
  }

  /**
   * @param markPrefix what the marks of this worker's process trees start with
   * @throws ConfigError when the folder for jobs cannot be used
   */
  static async prepare(settings: RunnerSettings, markPrefix: string): Promise<JobRoom> {
    try {
      return new JobRoom(await JobFolders.open(settings.jobsFolder), settings, markPrefix);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const folder = path.resolve(settings.jobsFolder);
      throw new ConfigError(`The folder for jobs ${folder} cannot be used: ${why}.`, { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#guardian[Symbol.dispose]();
    await this.#folders[Symbol.asyncDispose]();
  }

  async open({ record, signal, attempt, logger }: Delivery): Promise<Job> {
    const { topic, partition, offset } = record;
    const resources = new AsyncDisposableStack();
    const { work, tmp } = resources.use(await openFolder(this.#folders, `${partition}-${offset}`));
    const about = { topic, partition, offset, attempt, signal, logger };
    return { ...about, folder: work, temporaryFolder: tmp, output: new CommandOutput(), headers: new Map(), resources };
  }

  async run(command: Command, job: Job): Promise<CommandResult> {
    this.#runs += 1;
    return await runCommand(command, {
      cwd: process.cwd(),
      temporaryFolder: job.temporaryFolder,
      signal: job.signal,
      mark: `${this.#markPrefix}/${this.#runs}`,
      guardian: this.#guardian,
      graceMs: this.#settings.commandGraceMs,
      output: job.output,
      onLine: (line, stream) => job.logger[this.#settings.outputLevel]({ stream }, line),
    });
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
