import { existsSync } from 'node:fs';
import {
  parseCommandLine,
  type CommandLine,
  type KafkaRunnerOptions,
  type OptionSpec,
  type SettingsFileSpec,
} from 'kafka-runner';
import { z } from 'zod';
import { rendererVariables } from './blender/renderer-variables.ts';
import { visibleDevice } from './blender/visible-device.ts';
import {
  bootstrapPositional,
  connectionOptions,
  connectionSettings,
  credentialsOption,
  errorTopicOption,
  inTopicPositional,
  onOff,
  outTopicPositional,
  respell,
  watchOptions,
} from './connection-options.ts';
import { defaultMaxFrames } from './frames/frame-range.ts';

/** Node's timers hold little more: beyond 2^31 ms they fire at once. */
const seconds = z.coerce.number().min(0).max(2_000_000);
const count = z.coerce.number().int().min(1);
const text = z.string().min(1);

const deviceNumbers = z
  .string()
  .regex(/^\d{1,3}(,\d{1,3})*$/, 'must be numbers of GPUs, such as 0,1')
  .transform((list) => list.split(',').map(Number))
  .refine((numbers) => new Set(numbers).size === numbers.length, 'must name each GPU once');

const folders = z
  .string()
  .transform((list) => list.split(':'))
  .refine((names) => names.every((name) => existsSync(name)), 'must be folders that are there, separated by colons');

/** Every option: flags, environment, default, check and help in one place; `docs/configuration.md` is made from it. */
export const commandLineSpec = {
  program: 'kafka-render',
  description: 'Renders Blender scenes: takes jobs from one Kafka topic and sends results to another.',
  positionals: [inTopicPositional, outTopicPositional, bootstrapPositional],
  options: {
    blender: {
      flags: '-b, --blender <path>',
      env: 'KAFKA_RENDER_BLENDER',
      help: 'Blender executable, or a Python that has the module bpy',
      schema: text.default('blender'),
    },
    groupId: {
      flags: '-g, --group_id <id>',
      env: 'KAFKA_RENDER_GROUP_ID',
      help: 'consumer group, also --group-id; without one only what arrives after the start is read, and nothing is committed',
      schema: text.optional(),
    },
    errorTopic: errorTopicOption,
    ...watchOptions,
    debug: {
      flags: '-d, --debug',
      help: "debug logging, Blender's output included",
      schema: z.boolean().default(false),
    },
    schemas: {
      flags: '--schemas <folder>',
      env: 'KAFKA_RENDER_SCHEMAS',
      help: 'folder of render_job.schema.json and render_output.schema.json',
      schema: text.default('../json_schemas'),
    },
    credentials: credentialsOption,
    concurrency: {
      flags: '--concurrency <n>',
      env: 'KAFKA_RENDER_CONCURRENCY',
      help: 'jobs that render at a time',
      schema: count.default(1),
    },
    gpu: {
      flags: '--gpu <numbers>',
      env: 'KAFKA_RENDER_GPU',
      help: 'GPUs that this worker may use, such as 0,1: each Blender sees one of them, and with more --concurrency some share; by default every Blender sees all, and renders with all',
      schema: deviceNumbers.optional(),
    },
    gpuMissing: {
      flags: '--gpu-missing <what>',
      env: 'KAFKA_RENDER_GPU_MISSING',
      help: 'a job asks for a GPU and there is none: render on the cpu and say so, or fail the job',
      schema: z.enum(['cpu', 'fail']).default('cpu'),
    },
    missingAssets: {
      flags: '--missing-assets <what>',
      env: 'KAFKA_RENDER_MISSING_ASSETS',
      help: 'files that the frames show are missing: fail the job, or render without them and warn',
      // What `warn` was called.
      schema: z.preprocess((what) => (what === 'ignore' ? 'warn' : what), z.enum(['fail', 'warn']).default('fail')),
    },
    allowScripts: {
      flags: '--allow-scripts',
      env: 'KAFKA_RENDER_ALLOW_SCRIPTS',
      help: 'scripts in scenes are run, and a Blender that ran any is replaced after the job: only for scenes of people you trust',
      schema: onOff.default(false),
    },
    blockedScripts: {
      flags: '--blocked-scripts <what>',
      env: 'KAFKA_RENDER_BLOCKED_SCRIPTS',
      help: 'a scene holds scripts, and they are not run: render without them and say so, or fail the job',
      schema: z.enum(['render', 'fail']).default('render'),
    },
    maxPixels: {
      flags: '--max-pixels <n>',
      env: 'KAFKA_RENDER_MAX_PIXELS',
      help: 'largest picture, width times height',
      schema: count.default(16_384 * 16_384),
    },
    maxFrames: {
      flags: '--max-frames <n>',
      env: 'KAFKA_RENDER_MAX_FRAMES',
      help: 'most frames of one job',
      schema: count.default(defaultMaxFrames),
    },
    scenes: {
      flags: '--scenes <folder>',
      env: 'KAFKA_RENDER_SCENES',
      help: 'folder that scenes are kept in',
      schema: text.default('scenes'),
    },
    maxScenesBytes: {
      flags: '--max-scenes-bytes <n>',
      env: 'KAFKA_RENDER_MAX_SCENES_BYTES',
      help: 'bound on the scenes kept; the least recently used go first',
      schema: count.default(10 * 1_024 ** 3),
    },
    maxAssetBytes: {
      flags: '--max-asset-bytes <n>',
      env: 'KAFKA_RENDER_MAX_ASSET_BYTES',
      help: 'most that one job may use of files that lie beside its scene in storage',
      schema: count.default(4 * 1_024 ** 3),
    },
    tmpRenderOut: {
      flags: '--tmp-render-out <folder>',
      env: 'KAFKA_RENDER_TMP_RENDER_OUT',
      help: 'folder that frames are written below, before they are uploaded',
      schema: text.default('tmp_render_out'),
    },
    minFreeBytes: {
      flags: '--min-free-bytes <n>',
      env: 'KAFKA_RENDER_MIN_FREE_BYTES',
      help: 'no job is begun while the disk of --tmp-render-out has less free; by default 256 MiB, or a twentieth of a smaller disk',
      schema: z.coerce.number().int().min(0).optional(),
    },
    maxJobBytes: {
      flags: '--max-job-bytes <n>',
      env: 'KAFKA_RENDER_MAX_JOB_BYTES',
      help: 'most that the files of one job may take on the disk of --tmp-render-out while Blender renders, before Blender is ended and the job has failed; by default as much as there is',
      schema: count.optional(),
    },
    blenderMode: {
      flags: '--blender-mode <mode>',
      env: 'KAFKA_RENDER_BLENDER_MODE',
      help: 'resident: Blender stays and renders one job after the other; cold: a Blender for each job',
      schema: z.enum(['resident', 'cold']).default('resident'),
    },
    sandbox: {
      flags: '--sandbox <when>',
      env: 'KAFKA_RENDER_SANDBOX',
      help: 'Blender runs in bubblewrap, without network, and sees its job and the system only: auto, with a warning where that does not work; require it; off',
      schema: z.enum(['auto', 'require', 'off']).default('auto'),
    },
    assetRoots: {
      flags: '--asset-root <folders>',
      env: 'KAFKA_RENDER_ASSET_ROOT',
      help: 'folders whose files scenes may read in the sandbox, such as the shared disk of a studio; separated by colons',
      schema: folders.default([]),
    },
    recycleAfter: {
      flags: '--recycle-after <n>',
      env: 'KAFKA_RENDER_RECYCLE_AFTER',
      help: 'a resident Blender is replaced after so many jobs',
      schema: count.default(2_000),
    },
    threads: {
      flags: '--threads <n>',
      env: 'KAFKA_RENDER_THREADS',
      help: 'threads of each Blender; by default the processors, shared by --concurrency',
      schema: count.optional(),
    },
    prefetch: {
      flags: '--prefetch <n>',
      env: 'KAFKA_RENDER_PREFETCH',
      help: 'for each job that renders, how many are prepared meanwhile, and how many bring their frames home',
      schema: z.coerce.number().int().min(0).max(100).default(1),
    },
    maxWaitingFrames: {
      flags: '--max-waiting-frames <n>',
      env: 'KAFKA_RENDER_MAX_WAITING_FRAMES',
      help: 'while so many rendered frames of a job wait for storage, its Blender stands still',
      schema: count.default(32),
    },
    delivery: {
      flags: '--delivery <how>',
      env: 'KAFKA_RENDER_DELIVERY',
      help: 'with a group: exactly-once (one transaction for a result and its offset), or at-least-once for consumers that know nothing of transactions, such as kafka-python 2.0.2',
      schema: z.enum(['exactly-once', 'at-least-once']).default('exactly-once'),
    },
    maxAttempts: {
      flags: '--max-attempts <n>',
      env: 'KAFKA_RENDER_MAX_ATTEMPTS',
      help: 'how often a job is begun at most, when it fails or its worker dies over it; a newly delivered frame starts the count anew',
      schema: count.default(3),
    },
    maxMachineFaults: {
      flags: '--max-machine-faults <n>',
      env: 'KAFKA_RENDER_MAX_MACHINE_FAULTS',
      help: 'after so many attempts in a row that failed because of this machine, as when Blender does not start, the worker stops with exit code 1 and its jobs are kept',
      schema: count.default(5),
    },
    retryDelay: {
      flags: '--retry-delay <seconds>',
      env: 'KAFKA_RENDER_RETRY_DELAY',
      help: 'wait before the second attempt; it doubles with each one, up to a minute',
      schema: seconds.default(1),
    },
    instanceId: {
      flags: '--instance-id <id>',
      env: 'KAFKA_RENDER_INSTANCE_ID',
      help: 'name of this worker in its group, unlike that of any other: a restart within 10 s keeps its partitions',
      schema: text.optional(),
    },
    leave: {
      flags: '--leave',
      env: 'KAFKA_RENDER_LEAVE',
      help: 'a worker with an --instance-id leaves its group when it stops, and the others take over at once: for one that goes for good',
      schema: onOff.default(false),
    },
    memoryLimit: {
      flags: '--memory-limit <bytes>',
      env: 'KAFKA_RENDER_MEMORY_LIMIT',
      help: 'how much address space each Blender may have; by default no limit',
      schema: count.optional(),
    },
    passEnv: {
      flags: '--pass-env <names>',
      env: 'KAFKA_RENDER_PASS_ENV',
      help: "variables that Blender sees of the worker's environment beside PATH, HOME, LANG and the like and those of Blender and graphics drivers; separated by commas, * at the end stands for any rest",
      schema: text.transform((names) => names.split(',').map((name) => name.trim())).optional(),
    },
    retention: {
      flags: '--retention <seconds>',
      env: 'KAFKA_RENDER_RETENTION',
      help: "how long the input topic keeps records (the topic's retention.ms): a job that is not done after 80 % of it is warned of",
      schema: count.default(604_800),
    },
    jobTimeout: {
      flags: '--job-timeout <seconds>',
      env: 'KAFKA_RENDER_JOB_TIMEOUT',
      help: 'how long one job may take before Blender is ended and the job has failed; by default as long as it likes',
      schema: seconds.optional(),
    },
    noProgressTimeout: {
      flags: '--no-progress-timeout <seconds>',
      env: 'KAFKA_RENDER_NO_PROGRESS_TIMEOUT',
      help: 'how long Blender may print no line before it is ended and the job has failed; by default as long as it likes',
      schema: seconds.optional(),
    },
    shutdownTimeout: {
      flags: '--shutdown-timeout <seconds>',
      env: 'KAFKA_RENDER_SHUTDOWN_TIMEOUT',
      help: 'how long running jobs may go on after SIGTERM or Ctrl-C, before they are handed back',
      schema: seconds.default(20),
    },
    metricsPort: {
      flags: '--metrics-port <port>',
      env: 'KAFKA_RENDER_METRICS_PORT',
      help: 'port of /metrics (Prometheus), /healthz and /readyz, one for each worker of a machine; 0: any that is free, the log says which; by default none',
      schema: z.coerce.number().int().min(0).max(65_535).optional(),
    },
    metricsHost: {
      flags: '--metrics-host <host>',
      env: 'KAFKA_RENDER_METRICS_HOST',
      help: 'address of this machine that --metrics-port is opened at; whoever reaches it can read the metrics',
      schema: text.default('127.0.0.1'),
    },
    ...connectionOptions,
  },
  example:
    'kafka-render render.job render.out 10.0.0.1:9090 10.0.0.2:9094 -b /opt/blender/blender -g render -e render.errors -d',
} as const;

/** What only kafka-renderctl reads. */
const variablesOfCtl = ['KAFKA_RENDER_SCENES_BUCKET'];

const workerOptions: Readonly<Record<string, OptionSpec>> = commandLineSpec.options;

/** The one file of settings that worker and kafka-renderctl share. */
export const renderSettings: SettingsFileSpec = {
  name: 'kafka-render.json',
  variable: 'KAFKA_RENDER_CONFIG',
  prefix: 'KAFKA_RENDER_',
  variables: [
    ...commandLineSpec.positionals.map(({ env }) => env),
    ...Object.values(workerOptions).flatMap(({ env }) => env ?? []),
    ...variablesOfCtl,
  ],
};

type RenderOptions = CommandLine<typeof commandLineSpec.options>['options'];

/** What the command line says. */
export interface RenderConfig {
  readonly options: RenderOptions;
  /** The part of it that is Kafka Runner's. */
  readonly runner: KafkaRunnerOptions;
}

/** Reads the command line, the environment and the settings file. Throws ConfigError that names all faults at once, or UsageExit. */
export function readConfig(args: readonly string[]): RenderConfig {
  const { positionals, options } = parseCommandLine(commandLineSpec, args.map(respell), renderSettings);
  const [inTopic = '', outTopic = '', ...bootstrapServers] = positionals;
  return {
    options,
    runner: {
      name: commandLineSpec.program,
      inTopic,
      outTopic,
      bootstrapServers,
      errorTopic: options.errorTopic,
      progressTopic: options.progressTopic,
      controlTopic: options.controlTopic,
      groupId: options.groupId,
      logLevel: options.debug ? 'debug' : 'info',
      outputLevel: 'debug',
      concurrency: options.concurrency,
      environments: options.gpu?.map(visibleDevice),
      prefetch: options.prefetch,
      jobsFolder: options.tmpRenderOut,
      delivery: options.delivery,
      maxAttempts: options.maxAttempts,
      maxMachineFaults: options.maxMachineFaults,
      retryDelayMs: options.retryDelay * 1_000,
      instanceId: options.instanceId,
      leaveOnStop: options.leave,
      commandVariables: [...rendererVariables, ...(options.passEnv ?? [])],
      commandMemoryBytes: options.memoryLimit,
      retentionMs: options.retention * 1_000,
      minFreeBytes: options.minFreeBytes,
      maxJobBytes: options.maxJobBytes,
      jobTimeoutMs: options.jobTimeout === undefined ? undefined : options.jobTimeout * 1_000,
      noProgressTimeoutMs: options.noProgressTimeout === undefined ? undefined : options.noProgressTimeout * 1_000,
      shutdownTimeoutMs: options.shutdownTimeout * 1_000,
      metrics: options.metricsPort === undefined ? undefined : { port: options.metricsPort, host: options.metricsHost },
      ...connectionSettings(options),
    },
  };
}
