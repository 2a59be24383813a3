import type { CommandOutput } from './command/command-output.ts';
import type { JobPhases } from './job-phases.ts';
import type { JsonObject } from './json.ts';
import type { Logger } from './logging/logger.ts';

/** The context of one attempt at one job: what `msgToCommand` and `makeResponse` may use beside the message. */
export interface Job {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborted when the job has to stop; its reason is the error that says why. Pass it on to whatever takes time. */
  readonly signal: AbortSignal;
  /** A folder of this attempt's own, empty at the start and gone at the end, however the attempt ends. */
  readonly folder: string;
  /** `TMPDIR` of a command that is a process of its own; gone at the end too. */
  readonly temporaryFolder: string;
  /** Knows the job's id, topic, partition and offset. */
  readonly logger: Logger;
  /** What the command printed; complete by the time of `makeResponse`. */
  readonly output: CommandOutput;
  /** Headers of the result, or of the error record, beside those that identify the job. */
  readonly headers: Map<string, string>;
  /** Where the time goes: headers of the result and of an error record. */
  readonly phases: Pick<JobPhases, 'enter' | 'split'>;
  /**
   * Something lasting was achieved (a frame delivered): the clock of `noProgressTimeoutMs` starts anew, and attempts are
   * counted anew.
   */
  progress(): void;
  /**
   * How far the job is, for those who watch (`progressTopic`): what is said of a property last holds, undefined takes it back.
   * Cheap, and no promise: a few times a second is told at most, the latest.
   */
  report(details: JsonObject): void;
  /**
   * Lets the command stand still, all of its process group (SIGSTOP), and its no-progress clock with it: for a runner that
   * cannot take what the command makes as fast as it comes. Without a command that runs: nothing.
   */
  pause(): void;
  /** Lets it go on. */
  resume(): void;
  /** Files and folders within `sandbox.inputsFolder` that the command reads: in a sandbox it sees no other of them. */
  readonly inputs: Set<string>;
  /** Whatever has to be let go of when the attempt is over. */
  readonly resources: AsyncDisposableStack;
}

/** `topic/partition@offset`, the one name of a job that is unique. */
export function jobName({ topic, partition, offset }: Pick<Job, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${partition}@${offset}`;
}
