import { totalmem } from 'node:os';
import path from 'node:path';
import { quote } from 'shell-quote';
import { commandEnvironment } from './command/command-environment.ts';
import { CommandOutput } from './command/command-output.ts';
import type { Place } from './command/command-places.ts';
import { CommandPause } from './command/command-pause.ts';
import type { ResidentEvents } from './command/resident/resident-events.ts';
import { ResidentPool } from './command/resident/resident-pool.ts';
import { ResidentProgram, type RunContext } from './command/resident/resident-program.ts';
import { runCommand, type Command, type CommandResult } from './command/run-command.ts';
import { Guardian } from './command/guardian.ts';
import { MemoryLimit } from './command/memory-limit.ts';
import { endOfSandboxed } from './command/sandbox/end-of-sandboxed.ts';
import { sandboxedProgram } from './command/sandbox/sandboxed-program.ts';
import type { OwnPlaces, Sandbox } from './command/sandbox/sandbox.ts';
import { SizeWatch } from './command/size-watch.ts';
import { Spawner } from './command/spawner.ts';
import { DiskGuard } from './disk-guard.ts';
import { ConfigError } from './errors.ts';
import type { Delivery } from './job-flow.ts';
import { JobFolders, type JobFolder } from './job-folders.ts';
import type { Job } from './job.ts';
import type { JsonObject } from './json.ts';
import type { Logger } from './logging/logger.ts';
import type { RunnerSettings } from './options.ts';
import { localFileError } from './storage/local-file-error.ts';
import { noProgress, timeLimit, type TimeLimit } from './time-limit.ts';

type Environment = RunnerSettings['environments'][number];
type ResidentSettings = NonNullable<RunnerSettings['resident']>;

/** What concerns the command of a job while it runs. */
interface CommandControls {
  /** Runs only while the command does: what is waited for before and after it has time limits of its own. */
  readonly clock: TimeLimit;
  readonly pause: CommandPause;
  readonly size: SizeWatch;
  /** Aborted when the command has to go at once. */
  readonly hurry: AbortSignal;
  /** On the job's folder; let go of after everybody who looks into it. */
  readonly handles: DisposableStack;
}

/** Where jobs live while they run: their folders, and the processes of their commands. */
export class JobRoom implements AsyncDisposable {
  readonly #folders: JobFolders;
  readonly #guardian: Guardian;
  readonly #spawner = new Spawner();
  readonly #disk: DiskGuard;
  readonly #memory: MemoryLimit;
  readonly #sandbox: Sandbox | undefined;
  readonly #settings: RunnerSettings;
  readonly #environment: ReturnType<typeof commandEnvironment>;
  readonly #markPrefix: string;
  /** Of the open jobs. */
  readonly #controls = new WeakMap<Job, CommandControls>();
  /** One for each environment that is used; none when each command is a process of its own. */
  readonly #residents: readonly ResidentPool[];
  readonly #removals = new Set<Promise<void>>();
  #runs = 0;

  private constructor(
    folders: JobFolders,
    memory: MemoryLimit,
    settings: RunnerSettings,
    markPrefix: string,
    logger: Logger,
    sandbox: Sandbox | undefined,
    events: ResidentEvents | undefined,
  ) {
    this.#sandbox = sandbox;
    this.#memory = memory;
    this.#folders = folders;
    this.#guardian = new Guardian(markPrefix);
    this.#disk = new DiskGuard(settings.jobsFolder, settings.minFreeBytes);
    this.#settings = settings;
    this.#environment = commandEnvironment(process.env, settings.commandVariables);
    this.#markPrefix = markPrefix;
    this.#residents = settings.resident ? this.#residentPools(settings.resident, logger, events) : [];
  }

  /**
   * @param markPrefix what the marks of this worker's process trees start with
   * @param sandbox what commands run in, if they do
   * @param events told of resident programs
   * @throws ConfigError when the folder for jobs, or the memory limit, cannot be used
   */
  static async prepare(
    settings: RunnerSettings,
    markPrefix: string,
    logger: Logger,
    sandbox?: Sandbox,
    events?: ResidentEvents,
  ): Promise<JobRoom> {
    const memory = new MemoryLimit(settings.commandMemoryBytes);
    try {
      const folders = await JobFolders.open(settings.jobsFolder);
      return new JobRoom(folders, memory, settings, markPrefix, logger, sandbox, events);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const folder = path.resolve(settings.jobsFolder);
      throw new ConfigError(`The folder for jobs ${folder} cannot be used: ${why}.`, { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#residents.map((pool) => pool[Symbol.asyncDispose]()));
    this.#spawner[Symbol.dispose]();
    this.#guardian[Symbol.dispose]();
    await Promise.all(this.#removals);
    await this.#folders[Symbol.asyncDispose]();
  }

  /** Waits for room on the disk first. */
  async open(delivery: Delivery): Promise<Job> {
    const { record, signal, attempt, phases, logger, onProgress, onReport, cancelled } = delivery;
    await this.#untilRoom(signal, logger);
    const { topic, partition, offset } = record;
    const resources = new AsyncDisposableStack();
    const clock = resources.use(timeLimit(signal, this.#settings.noProgressTimeoutMs, noProgress));
    const folder = await openFolder(this.#folders, `${partition}-${offset}`);
    const { work, tmp } = folder;
    const handles = resources.use(new DisposableStack());
    resources.defer(() => this.#remove(folder, logger));
    const size = new SizeWatch([work, tmp], this.#settings.maxJobBytes);
    const either = AbortSignal.any([clock.signal, size.signal]);
    const about = { topic, partition, offset, attempt, phases, signal: either, logger };
    const folders = { folder: work, temporaryFolder: tmp };
    const progress = (): void => {
      clock.restart();
      onProgress?.();
    };
    const pause = new CommandPause(clock);
    const report = (details: JsonObject): void => onReport?.(details);
    const acts = { progress, report, pause: () => pause.pause(), resume: () => pause.resume() };
    const job = {
      ...about,
      ...folders,
      ...acts,
      output: new CommandOutput(),
      headers: new Map(),
      inputs: new Set<string>(),
      resources,
    };
    this.#controls.set(job, { clock, pause, size, hurry: cancelled, handles });
    return job;
  }

  /** In the background: a disk takes its time, and no result waits for it. */
  #remove(folder: JobFolder, logger: Logger): void {
    const removal = removeFolder(folder, logger).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  async #untilRoom(signal: AbortSignal, logger: Logger): Promise<void> {
    try {
      await this.#disk.untilRoom(signal, logger);
    } catch (error) {
      throw localFileError(error, 'the folder for jobs') ?? error;
    }
  }

  async run(command: Command, job: Job, place: Place): Promise<CommandResult> {
    const environment = this.#environmentOf(place);
    job.logger.info({ attempt: job.attempt, command: asTyped(command, environment) }, 'runs');
    const { clock, pause, size, hurry, handles } = this.#controlsOf(job);
    const { outputLevel } = this.#settings;
    const onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
      clock.restart();
      job.logger[outputLevel]({ stream }, line);
    };
    const lent = { folder: job.folder, inputs: job.inputs, handles };
    const context = { signal: job.signal, hurry, output: job.output, onLine, pause, place: lent };
    const pool = this.#residents[place.number % this.#residents.length];
    const run = () => (pool ? pool.run(command, context) : this.#runCold(command, environment, job, context));
    return await this.#memory.watch(async () => {
      const result = await size.during(run);
      return this.#sandbox ? endOfSandboxed(result) : result;
    });
  }

  #controlsOf(job: Job): CommandControls {
    const controls = this.#controls.get(job);
    if (!controls) throw new Error('this job is not open');
    return controls;
  }

  #environmentOf({ number }: Pick<Place, 'number'>): Environment {
    const { environments } = this.#settings;
    return environments[number % environments.length] ?? {};
  }

  async #runCold(command: Command, environment: Environment, job: Job, context: RunContext): Promise<CommandResult> {
    const limited = this.#memory.applyTo(command);
    using enclosed = this.#sandbox?.enclose(limited, placesOf(job), environment);
    return await runCommand(enclosed?.argv ?? limited, {
      ...context,
      environment: enclosed?.environment ?? { ...this.#environment, ...environment },
      cwd: process.cwd(),
      temporaryFolder: enclosed ? '/tmp' : job.temporaryFolder,
      mark: this.#nextMark(),
      spawner: this.#spawner,
      guardian: this.#guardian,
      graceMs: this.#settings.commandGraceMs,
    });
  }

  /** Each has places of its own, and a spare program. */
  #residentPools(settings: ResidentSettings, logger: Logger, events?: ResidentEvents): ResidentPool[] {
    const { concurrency, environments } = this.#settings;
    const count = Math.min(concurrency, environments.length);
    const bound = settings.maxMemoryBytes ?? this.#shareOfMemory(concurrency + count);
    const places = Array.from({ length: concurrency }, (_, number) => number % count);
    return Array.from({ length: count }, (_, number) => {
      const size = places.filter((place) => place === number).length;
      const start = (): Promise<ResidentProgram> =>
        this.#startResident(settings, this.#environmentOf({ number }), logger);
      const bounds = { size, recycleAfter: settings.recycleAfter, maxMemoryBytes: bound };
      return new ResidentPool({ ...bounds, start, events, logger });
    });
  }

  async #startResident({ command }: ResidentSettings, environment: Environment, logger: Logger) {
    const folder = await openFolder(this.#folders, 'resident');
    const limited = this.#memory.applyTo(command);
    const place = { folder, jobsRoot: this.#folders.own, environment };
    const enclosed = this.#sandbox && (await sandboxedProgram(this.#sandbox, limited, place));
    return new ResidentProgram(enclosed?.command ?? limited, {
      cwd: process.cwd(),
      environment: { ...this.#environment, ...environment },
      folder,
      ...enclosed,
      mark: this.#nextMark(),
      guardian: this.#guardian,
      logger,
    });
  }

  #shareOfMemory(programs: number): number {
    // Grown close to its limit, it would fail in a job that is not to blame.
    const ofLimit = (this.#settings.commandMemoryBytes ?? Number.POSITIVE_INFINITY) / 2;
    return Math.min(availableMemory() / 2 / programs, ofLimit);
  }

  /** Of one process tree of this worker. */
  #nextMark(): string {
    this.#runs += 1;
    return `${this.#markPrefix}/${this.#runs}`;
  }
}

/** What a command that is a process of its own sees of its job. */
function placesOf({ folder, temporaryFolder, inputs }: Job): OwnPlaces {
  const readable = [...inputs].map((name) => ({ source: name, target: name, writable: false }));
  const own = { source: folder, target: folder, writable: true };
  return { places: [...readable, own], tmp: temporaryFolder, workingFolder: folder };
}

/** For a shell. `--name=value` means nothing to it behind the first word, and is easier to read as it is. */
function asTyped([program = '', ...args]: Command, environment: Environment): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quote([value])}`);
  return [
    ...variables,
    quote([program]),
    ...args.map((arg) => (/^-[\w@%+=:,./-]+$/.test(arg) ? arg : quote([arg]))),
  ].join(' ');
}

/** What the machine has, or the container; bytes. */
function availableMemory(): number {
  // Without a limit it is 0, or more than there is.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

async function removeFolder(folder: JobFolder, logger: Logger): Promise<void> {
  try {
    await folder[Symbol.asyncDispose]();
  } catch (error) {
    logger.warn({ err: error }, 'the folder of a job could not be removed: it goes at the end of the worker');
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
