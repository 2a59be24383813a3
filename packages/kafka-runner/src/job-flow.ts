import type { ConsumedRecord } from './broker/port.ts';
import { NoPlaceError, type Place } from './command/command-places.ts';
import type { Command, CommandResult } from './command/run-command.ts';
import type { Cancelling } from './control/cancelling.ts';
import { FailedError, InterruptedError, UnavailableError } from './errors.ts';
import type { FinishContext } from './finish-job.ts';
import { jobFields } from './job-fields.ts';
import type { JobPhases, PhaseNames } from './job-phases.ts';
import type { Job } from './job.ts';
import { stringifyJson, type JsonObject } from './json.ts';
import type { Logger } from './logging/logger.ts';
import type { MachineFaults } from './machine-faults.ts';
import { decodeMessage, type Message } from './message.ts';
import type { OwnedPartition } from './offsets/owned-partitions.ts';
import { timedOut, timeLimit, type TimeLimit } from './time-limit.ts';
import { toEarlyEnd, type Completed, type Outcome } from './outcome.ts';
import { untilAvailable } from './until-available.ts';

/** What an author decides about a job; `KafkaRunner` documents each. */
export interface JobAuthor {
  readonly phaseNames: PhaseNames;
  describe(message: Message): JsonObject;
  msgToCommand(message: Message, job: Job): MaybePromise<Command | undefined>;
  checkResult(result: CommandResult, job: Job): MaybePromise<Command | undefined | void>;
  makeResponse(message: Message, elapsedSeconds: number, job: Job): MaybePromise<JsonObject | undefined>;
  isTriedAgain(error: FailedError): boolean;
  isMachineFault(error: FailedError): boolean;
}

export type MaybePromise<T> = T | Promise<T>;

/** One record that has been given to this worker, while its partition is ours. */
export interface Delivery {
  readonly record: ConsumedRecord;
  readonly owned: OwnedPartition;
  /** Aborted when the job has to stop. */
  readonly signal: AbortSignal;
  /** From 1; beyond `maxAttempts` its workers have died too often. */
  readonly attempt: number;
  /** Resolves when the group knows of the attempt: nothing of it runs before. */
  readonly begun: Promise<void>;
  readonly phases: JobPhases;
  readonly logger: Logger;
  /** Called for each `job.progress()`: something lasting was achieved, so that attempts are counted anew. */
  readonly onProgress?: () => void;
  /** Called for each `job.report()`. */
  readonly onReport?: (details: JsonObject) => void;
  /** Ends the job for good: aborts `signal` with the error, and `cancelled`, for which a command has to hurry. */
  readonly cancel: (error: FailedError) => void;
  readonly cancelled: AbortSignal;
}

/** A delivery with what could be read of the job, such as `jobId`. */
interface DescribedDelivery extends Delivery {
  readonly fields: JsonObject;
}

/** A delivery whose job is over. */
export interface EndedJob extends DescribedDelivery {
  readonly outcome: Outcome;
  /** What its last try has said in `job.headers`; of one that has completed it stands in the outcome. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface JobFlowContext extends FinishContext {
  readonly author: JobAuthor;
  readonly maxMessageBytes: number;
  /** How long one attempt may take; undefined: as long as it likes. */
  readonly jobTimeoutMs: number | undefined;
  readonly machine: Pick<MachineFaults, 'worked' | 'failed'>;
  readonly cancelling: Pick<Cancelling, 'watch'>;
  openJob(delivery: Delivery): Promise<Job>;
  /** Waits until a command may run. Throws the signal's reason, or NoPlaceError when the worker stops. */
  enterPlace(signal: AbortSignal): Promise<Place>;
  runCommand(command: Command, job: Job, place: Place): Promise<CommandResult>;
}

/**
 * One record, from its arrival to its end. Tries for as long as something that the job needs is away. Never throws what
 * the job is to blame for.
 */
export async function reachEnd(delivery: Delivery, context: JobFlowContext): Promise<EndedJob> {
  let described: DescribedDelivery = { ...delivery, fields: {} };
  const said = new Map<string, string>();
  const ofMachine = new Set<string>();
  const interrupted = await whyNotBegun(delivery);
  if (interrupted) return { ...described, outcome: toEarlyEnd(interrupted) };
  try {
    const message = decodeMessage(delivery.record, context.maxMessageBytes);
    const fields = jobFields(context.author.describe(message));
    described = { ...delivery, fields, logger: delivery.logger.child({ jobId: fields['jobId'] }) };
    context.events.emit('described', delivery, fields);
    using _cancellable = context.cancelling.watch(delivery);
    delivery.signal.throwIfAborted();
    if (delivery.attempt > context.maxAttempts) throw gaveUp(context.maxAttempts);
    const attemptOnce = async (): Promise<Outcome> => {
      said.clear();
      return await blameMachine(() => attemptJob(message, described, said, context), ofMachine, context);
    };
    return { ...described, outcome: await untilAvailable(attemptOnce, delivery.signal, described.logger) };
  } catch (error) {
    // The first cause stays: what a step throws because it was aborted is not the reason.
    const { signal } = delivery;
    const outcome = toEarlyEnd(signal.aborted ? signal.reason : foreseen(error));
    return { ...described, outcome, headers: Object.fromEntries(said) };
  }
}

/** What keeps the mark from being stored is no job's fault: an error that nobody foresaw ends the worker. */
async function whyNotBegun({ begun }: Delivery): Promise<InterruptedError | undefined> {
  try {
    await begun;
    return undefined;
  } catch (error) {
    if (error instanceof InterruptedError) return error;
    throw error;
  }
}

function gaveUp(maxAttempts: number): FailedError {
  return new FailedError(
    'gave-up',
    `given up: ${maxAttempts} times a worker began this job, and died over it or failed. Look at the logs and the memory of the workers, and send the job again`,
  );
}

/**
 * Nobody would do a job that is kept while its partition stays ours: only the signal interrupts one, or the end of the worker,
 * which takes no more jobs then.
 */
function foreseen(error: unknown): unknown {
  if (error instanceof NoPlaceError || !(error instanceof InterruptedError || error instanceof UnavailableError))
    return error;
  return new Error(`${error.name} is not for runners to throw here (${error.message})`, { cause: error });
}

/**
 * What the author takes for the machine's fault is no failure of the job: it is kept. But a job whose command runs, and meets
 * the same once more, may be what the machine fails over: then the attempt counts, as one of both.
 * @param met what this attempt of the job has met of that kind before, by code
 */
async function blameMachine<T>(
  attempt: () => Promise<T>,
  met: Set<string>,
  { author, machine }: JobFlowContext,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!isOfMachine(error, author)) {
      machine.failed(error);
      throw error;
    }
    const fault = new UnavailableError('machine-exhausted', error.message, { cause: error });
    machine.failed(fault);
    if (met.has(error.code)) throw error;
    if (error.code !== 'command-not-started') met.add(error.code);
    throw fault;
  }
}

function isOfMachine(error: unknown, author: JobAuthor): error is FailedError {
  return error instanceof FailedError && author.isMachineFault(error);
}

async function attemptJob(
  message: Message,
  delivery: Delivery,
  said: Map<string, string>,
  context: JobFlowContext,
): Promise<Outcome> {
  using limit = timeLimit(delivery.signal, context.jobTimeoutMs, timedOut);
  const job = await context.openJob({ ...delivery, signal: limit.signal });
  limit.start();
  try {
    return await takeSteps(message, { job, limit }, context);
  } catch (error) {
    // Until what is away has come back, it waits.
    if (error instanceof UnavailableError) {
      context.events.emit('away', delivery, error);
      job.phases.enter('queued');
    }
    throw job.signal.aborted ? job.signal.reason : error;
  } finally {
    await letGo(job);
    for (const [name, value] of job.headers) said.set(name, value);
  }
}

/** A job, and the clock of its attempt. */
interface Attempt {
  readonly job: Job;
  readonly limit: TimeLimit;
}

async function takeSteps(message: Message, attempt: Attempt, context: JobFlowContext): Promise<Outcome> {
  const { job } = attempt;
  const { author } = context;
  job.phases.enter(author.phaseNames.prepared);
  const command = await author.msgToCommand(message, job);
  if (command === undefined) return { kind: 'ignored' };
  if (command.length === 0) job.phases.enter(author.phaseNames.answered);
  const elapsedSeconds = await runAll(command, attempt, context);
  return complete(await author.makeResponse(message, elapsedSeconds, job), job);
}

/** A command, and for as long as the check of one asks for another, that. Returns how long all of them ran. */
async function runAll(first: Command, attempt: Attempt, context: JobFlowContext): Promise<number> {
  let [command, elapsedSeconds] = [first, 0];
  while (command.length > 0) {
    const result = await runInPlace(command, attempt, context);
    elapsedSeconds += result.elapsedSeconds;
    attempt.job.phases.enter(context.author.phaseNames.answered);
    command = (await check(result, attempt.job, context)) ?? [];
  }
  return elapsedSeconds;
}

async function check(result: CommandResult, job: Job, { author, machine }: JobFlowContext) {
  try {
    const next = await author.checkResult(result, job);
    machine.worked();
    return next;
  } catch (error) {
    if (!(error instanceof UnavailableError || isOfMachine(error, author))) machine.worked();
    throw error;
  }
}

/** The clock stands while others have the places. */
async function runInPlace(command: Command, { job, limit }: Attempt, context: JobFlowContext): Promise<CommandResult> {
  limit.pause();
  job.phases.enter('queued');
  using place = await context.enterPlace(job.signal);
  job.phases.enter(context.author.phaseNames.ran);
  limit.start();
  return await context.runCommand(command, job, place);
}

/** What cannot be cleaned up is left to the next start, and decides nothing about the job. */
async function letGo(job: Job): Promise<void> {
  try {
    await job.resources.disposeAsync();
  } catch (error) {
    job.logger.warn({ err: error }, 'something of the job could not be let go of');
  }
}

function complete(response: JsonObject | undefined, job: Job): Completed {
  return {
    kind: 'completed',
    response: response === undefined ? undefined : stringifyJson(response),
    headers: Object.fromEntries(job.headers),
  };
}
