import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../../errors.ts';
import type { Logger } from '../../logging/logger.ts';
import type { RunnerSettings } from '../../options.ts';
import { commandEnvironment } from '../command-environment.ts';
import type { Command } from '../run-command.ts';
import { bwrapArguments, type SandboxDescription } from './bwrap-arguments.ts';
import { processBound, type ProcessBound } from './process-bound.ts';
import { whyNoSandbox } from './why-no-sandbox.ts';
import { seenOf, systemPaths } from './system-paths.ts';

type SandboxSettings = NonNullable<RunnerSettings['sandbox']>;

/** What a sandbox holds of one command alone. */
export type OwnPlaces = Pick<SandboxDescription, 'places' | 'tmp' | 'workingFolder'>;

/** A command as it is started, until it is over. */
export interface SandboxedCommand extends Disposable {
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Enough for the threads of any program; a fork bomb ends there. */
const defaultMaxProcesses = 512 + 64 * availableParallelism();

const checkTimeoutMs = 30_000;

/** Runs commands in bubblewrap, each in a sandbox of its own. */
export class Sandbox implements AsyncDisposable {
  readonly #settings: SandboxSettings;
  readonly #fixed: Pick<SandboxDescription, 'system' | 'devices' | 'hidden'>;
  readonly #environment: SandboxedCommand['environment'];
  readonly #bound: ProcessBound;

  private constructor(
    settings: SandboxSettings,
    { jobsFolder, commandVariables }: Pick<RunnerSettings, 'jobsFolder' | 'commandVariables'>,
    bound: ProcessBound,
  ) {
    const { readable, devices, hidden, inputsFolder } = settings;
    const system = systemPaths(readable, devices.length > 0);
    const private_ = [...hidden, jobsFolder, ...(inputsFolder === undefined ? [] : [inputsFolder])];
    this.#settings = settings;
    this.#fixed = { system, devices, hidden: seenOf(private_, system) };
    this.#environment = { ...commandEnvironment(process.env, commandVariables), HOME: '/tmp' };
    this.#bound = bound;
  }

  /**
   * The sandbox that the settings ask for, when it works here; otherwise a warning says why not.
   * @throws ConfigError when it does not work and has to
   */
  static async open(
    { sandbox: settings, ...others }: Pick<RunnerSettings, 'sandbox' | 'jobsFolder' | 'commandVariables'>,
    logger: Pick<Logger, 'info' | 'warn'>,
  ): Promise<Sandbox | undefined> {
    if (settings === undefined) return undefined;
    const bound = await processBound(settings.maxProcesses ?? defaultMaxProcesses);
    const sandbox = new Sandbox(settings, others, bound);
    const why = await sandbox.#whyNot();
    if (why === undefined) {
      logger.info({ processes: bound.kind }, 'commands run in a sandbox');
      if (bound.kind === 'none') logger.warn({ code: 'processes-unbounded' }, unbounded);
      return sandbox;
    }
    await sandbox[Symbol.asyncDispose]();
    if (settings.mode === 'require') throw new ConfigError(`A sandbox is required, and there is none: ${why}`);
    const what = `no sandbox, so that commands see what this worker sees: ${why}`;
    logger.warn({ code: 'no-sandbox' }, what);
    return undefined;
  }

  /** In which the inputs of jobs lie. */
  get inputsFolder(): string | undefined {
    return this.#settings.inputsFolder;
  }

  /**
   * The command in a sandbox, with an environment.
   * @param variables that it has beside those of the worker's that commands see
   */
  enclose(command: Command, places: OwnPlaces, variables: Readonly<Record<string, string>> = {}): SandboxedCommand {
    const tree = this.#bound.begin();
    const limits = ['prlimit', '--core=0', `--fsize=${this.#settings.maxFileBytes}`, ...tree.limits, '--'];
    const inside = [...bwrapArguments({ ...this.#fixed, ...places }), ...limits, ...command];
    const [program = 'bwrap', ...args] = [...tree.joining, 'bwrap', ...inside];
    return {
      argv: [program, ...args],
      environment: { ...this.#environment, ...variables },
      [Symbol.dispose]: () => tree[Symbol.dispose](),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bound[Symbol.asyncDispose]();
  }

  /** Runs the check in a sandbox such as commands get. Undefined: it went well. */
  async #whyNot(): Promise<string | undefined> {
    const folder = mkdtempSync(path.join(tmpdir(), 'kafka-runner-sandbox-'));
    try {
      const places = { tmp: folder, workingFolder: '/tmp', places: [] };
      using enclosed = this.enclose(this.#settings.check, places);
      const [program, ...args] = enclosed.argv;
      return await new Promise((resolve) => {
        const options = { env: enclosed.environment, timeout: checkTimeoutMs, killSignal: 'SIGKILL' } as const;
        execFile(program, args, options, (error, _stdout, stderr) =>
          resolve(error ? whyNoSandbox(error, stderr, this.#settings.check) : undefined),
        );
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

const unbounded =
  'nothing bounds how many processes a command starts: root is not bound by a limit, and this worker may make no cgroup. Run it as another user, or bound its container';
