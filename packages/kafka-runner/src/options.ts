import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { clientSettingsSchema } from './broker/client-settings.ts';
import { checkSettings } from './check-settings.ts';

/** Node's timers take no more: 24 days. */
const milliseconds = z.number().int().min(0).max(2_000_000_000);

/** Kafka's own rule for the names of topics. */
const topic = z
  .string()
  .regex(/^(?!\.{1,2}$)[\w.-]{1,249}$/, 'must be a topic: up to 249 of a-z, A-Z, 0-9, ".", "_" and "-"');

/** What a runner may be told; only the input topic and the bootstrap servers have no default. */
const runnerOptionsSchema = clientSettingsSchema.extend({
  /** The topic that jobs are read from. */
  inTopic: topic,
  /** The topic that responses are sent to; none: responses are not sent. */
  outTopic: topic.optional(),
  /** The topic that error records and log lines of level error are sent to. */
  errorTopic: topic.default('error.log'),
  /** The topic that events about jobs and this worker are sent to, for those who watch (`docs/topics.md`); none: nobody is told. */
  progressTopic: topic.optional(),
  /** The topic that orders are read from: to cancel jobs, and to pause, resume and drain a worker (`docs/topics.md`); none: nobody orders. */
  controlTopic: topic.optional(),
  /** Consumer group. None: only what arrives after the start is read, and nothing is committed. */
  groupId: z.string().min(1).optional(),
  /** Name of the program in logs and error records. Default: the class's name. */
  name: z.string().min(1).optional(),
  /** Version of the program, in this worker's events. */
  version: z.string().min(1).optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** The level at which the lines that a command prints are logged. */
  outputLevel: z.enum(['debug', 'info']).default('info'),
  /** How many commands run at a time. */
  concurrency: z.number().int().min(1).default(1),
  /**
   * For each command that runs, how many jobs are prepared (`msgToCommand`) meanwhile, and how many bring their results home
   * (`checkResult`, `makeResponse`). 0: a job begins when one before it is over.
   */
  prefetch: z.number().int().min(0).max(100).default(0),
  /**
   * Environment variables for commands, beside the worker's own: the first command that runs gets the first of these, one that
   * runs at the same time the next, and with more commands than environments some share. For what a process is to have to
   * itself, such as a device. A resident program keeps its environment.
   */
  environments: z.array(z.record(z.string(), z.string()).readonly()).min(1).readonly().default([{}]),
  /**
   * A program that runs commands one after the other, as a process of each would (`docs/resident-programs.md`). None: each
   * command is a process of its own.
   */
  resident: z
    .strictObject({
      /** Starts it. */
      command: z.array(z.string()).min(1).readonly(),
      /** After so many commands it is replaced. */
      recycleAfter: z.number().int().min(1).default(2_000),
      /**
       * When it has grown beyond this it is replaced. Default: half of the memory of the machine, or of the container, shared
       * by `concurrency` + 1. Bytes.
       */
      maxMemoryBytes: z.number().int().positive().optional(),
    })
    .optional(),
  /**
   * Commands, and a resident program, run in bubblewrap (`docs/security.md`): they see the system, what is said here and their
   * job's folder, and have no network. None: they see what the worker sees.
   */
  sandbox: z
    .strictObject({
      /** Where it does not work: `auto` warns and goes without, `require` throws ConfigError. */
      mode: z.enum(['auto', 'require']).default('auto'),
      /** Files and folders that programs read, beside `/usr` and the like. */
      readable: z.array(z.string()).readonly().default([]),
      /** Device files that programs use. */
      devices: z.array(z.string()).readonly().default([]),
      /** Files and folders that nobody sees, should they lie within what is readable. */
      hidden: z.array(z.string()).readonly().default([]),
      /** The folder in which `job.inputs` lie; the rest of it is not seen. */
      inputsFolder: z.string().optional(),
      /** How many processes and threads one command may have. Default: 512, and 64 for each processor. */
      maxProcesses: z.number().int().min(16).optional(),
      /** The largest file that a command may write. Bytes. */
      maxFileBytes: z
        .number()
        .int()
        .positive()
        .default(64 * 1_024 ** 3),
      /** Shows at the start that the sandbox works, by exiting with 0 in it. */
      check: z.array(z.string()).min(1).readonly().default(['true']),
    })
    .optional(),
  /** Where the private folders of jobs are made; by default, each user has a folder below the temporary one. */
  jobsFolder: z.string().default(path.join(tmpdir(), `kafka-runner-${process.getuid?.()}`)),
  /** No job is begun while the disk of `jobsFolder` has less free. Default: 256 MiB, or a twentieth of a smaller disk. */
  minFreeBytes: z.number().int().min(0).optional(),
  /**
   * What the files of one job may take on the disk of `jobsFolder` while its command runs; then it is ended and has failed.
   * Default: as much as they like. Bytes.
   */
  maxJobBytes: z.number().int().positive().optional(),
  /** Larger messages are rejected. */
  maxMessageBytes: z.number().int().positive().default(1_048_576),
  /**
   * With a group: `exactly-once` puts a job's terminal record and its offset into one transaction. `at-least-once` is for
   * readers that know nothing of transactions (kafka-python 2.0.2): a worker's death can repeat a record.
   */
  delivery: z.enum(['exactly-once', 'at-least-once']).default('exactly-once'),
  /** How often a job is begun at most, when it fails or its worker dies over it. */
  maxAttempts: z.number().int().min(1).default(3),
  /** After so many attempts in a row that failed because of the machine (`machine-exhausted`, `local-file-failed`) the worker stops. */
  maxMachineFaults: z.number().int().min(1).default(5),
  /** Before the second attempt; doubles with each one, up to a minute, and is jittered. Milliseconds. */
  retryDelayMs: milliseconds.default(1_000),
  /**
   * Name of this worker within its group, unlike that of any other: a restart within the session time-out keeps its
   * partitions and ends its open transaction at once. Default: none, each start is a new member.
   */
  instanceId: z
    .string()
    .regex(/^[\w.-]{1,200}$/, 'must be up to 200 of a-z, A-Z, 0-9, ".", "_" and "-"')
    .optional(),
  /** Whether a worker with an `instanceId` leaves its group when it stops: for one that goes for good. Others always leave. */
  leaveOnStop: z.boolean().default(false),
  /** After this a broker ends the transaction of a worker that died in the middle of it. Milliseconds. */
  transactionTimeoutMs: z.number().int().min(1_000).max(900_000).default(10_000),
  /**
   * Variables of the worker's environment that commands see beside the usual ones (PATH, HOME, LANG and the like): names, or
   * beginnings with `*` behind. No others, as they may hold secrets.
   */
  commandVariables: z
    .array(z.string().regex(/^\w+\*?$/, 'must be a name, or its beginning and *'))
    .readonly()
    .default([]),
  /** How much address space each process of a command may have (RLIMIT_AS). Default: no limit. Bytes. */
  commandMemoryBytes: z.number().int().positive().optional(),
  /** How long one attempt at a job may take before it is ended and has failed. Default: as long as it likes. Milliseconds. */
  jobTimeoutMs: milliseconds.min(1).optional(),
  /**
   * How long a command may neither print a line nor achieve anything (`job.progress()`) before it is ended and the
   * attempt has failed. Default: as long as it likes, as silence alone proves nothing. Milliseconds.
   */
  noProgressTimeoutMs: milliseconds.min(1).optional(),
  /** How long running jobs may go on after SIGTERM, SIGINT or `stop`, before they are handed back. Milliseconds. */
  shutdownTimeoutMs: milliseconds.default(20_000),
  /** Between SIGTERM and SIGKILL for a command that has to end. Milliseconds. */
  commandGraceMs: milliseconds.default(5_000),
  /** How long the input topic keeps records (`retention.ms`): a job that is not done after 80 % of it is warned of. Milliseconds. */
  retentionMs: z.number().int().positive().default(604_800_000),
  /** After this with free slots, records to do and none begun the consumer is made anew. Milliseconds. */
  stallTimeoutMs: milliseconds.min(1_000).default(120_000),
  /** After this without a heartbeat the group takes the worker for dead. Milliseconds. */
  sessionTimeoutMs: z.number().int().min(1_000).default(10_000),
  /**
   * After this without a poll the client itself leaves the group; at least `sessionTimeoutMs`. The worker polls while
   * jobs run, so this bounds how long its event loop may be stuck, never how long a job may take. Milliseconds.
   */
  maxPollIntervalMs: milliseconds.min(1_000).default(300_000),
  /** Where `/metrics`, `/healthz` and `/readyz` are served over HTTP (`docs/metrics.md`). None: nowhere, and nothing is counted. */
  metrics: z
    .strictObject({
      /** 0: any that is free; the log says which. */
      port: z.number().int().min(0).max(65_535),
      /** An address of this machine, or its name. Whoever can reach it can read the metrics. */
      host: z.string().min(1).default('127.0.0.1'),
    })
    .optional(),
});

/** As an author writes them. */
export type KafkaRunnerOptions = z.input<typeof runnerOptionsSchema>;

export type RunnerSettings = z.output<typeof runnerOptionsSchema>;

/** A runner that reads what it writes would never be done. */
const checkedOptionsSchema = runnerOptionsSchema
  .refine(({ inTopic, outTopic, errorTopic }) => inTopic !== outTopic && inTopic !== errorTopic, {
    message: 'must be another topic than outTopic and errorTopic',
    path: ['inTopic'],
  })
  .refine(({ progressTopic, ...others }) => !isOneOf(progressTopic, others), {
    message: 'must be a topic of its own',
    path: ['progressTopic'],
  })
  .refine(({ controlTopic, ...others }) => !isOneOf(controlTopic, others), {
    message: 'must be a topic of its own',
    path: ['controlTopic'],
  })
  .refine(({ maxPollIntervalMs, sessionTimeoutMs }) => maxPollIntervalMs >= sessionTimeoutMs, {
    message: 'must be at least sessionTimeoutMs',
    path: ['maxPollIntervalMs'],
  });

type Topics = Partial<Pick<RunnerSettings, 'inTopic' | 'outTopic' | 'errorTopic' | 'progressTopic' | 'controlTopic'>>;

function isOneOf(topicName: string | undefined, others: Topics): boolean {
  const { inTopic, outTopic, errorTopic, progressTopic, controlTopic } = others;
  return topicName !== undefined && [inTopic, outTopic, errorTopic, progressTopic, controlTopic].includes(topicName);
}

/** Checks the options and fills in the defaults. Throws ConfigError that names all faults at once. */
export function parseRunnerOptions(options: KafkaRunnerOptions): RunnerSettings {
  return checkSettings(checkedOptionsSchema, options);
}
