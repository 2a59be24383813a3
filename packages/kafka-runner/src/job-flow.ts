import type { ConsumedRecord } from './broker/port.ts';
import type { Command, CommandResult } from './command/run-command.ts';
import { InterruptedError } from './errors.ts';
import { finishJob, type FinishContext } from './finish-job.ts';
import { jobFields } from './job-fields.ts';
import type { Job } from './job.ts';
import { stringifyJson, type JsonObject } from './json.ts';
import type { Logger } from './logging/logger.ts';
import { decodeMessage, type Message } from './message.ts';
import type { OwnedPartition } from './offsets/owned-partitions.ts';
import { timeLimit } from './time-limit.ts';
import { toEarlyEnd, type Completed, type Outcome } from './outcome.ts';
import { untilAvailable } from './until-available.ts';

/** What an author decides about a job; `KafkaRunner` documents each. */
export interface JobAuthor {
  describe(message: Message): JsonObject;
  msgToCommand(message: Message, job: Job): MaybePromise<Command | undefined>;
  checkResult(result: CommandResult, job: Job): MaybePromise<void>;
  makeResponse(message: Message, elapsedSeconds: number, job: Job): MaybePromise<JsonObject | undefined>;
}

export type MaybePromise<T> = T | Promise<T>;

/** One record that has been given to this worker, while its partition is ours. */
export interface Delivery {
  readonly record: ConsumedRecord;
  readonly owned: OwnedPartition;
  /** Aborted when the job has to stop. */
  readonly signal: AbortSignal;
  readonly attempt: number;
  readonly logger: Logger;
}

/** A delivery with what could be read of the job, such as `jobId`. */
interface DescribedDelivery extends Delivery {
  readonly fields: JsonObject;
}

/** A delivery whose job is over. */
export interface EndedJob extends DescribedDelivery {
  readonly outcome: Outcome;
}

export interface JobFlowContext extends FinishContext {
  readonly author: JobAuthor;
  readonly maxMessageBytes: number;
  /** How long one attempt may take; undefined: as long as it likes. */
  readonly jobTimeoutMs: number | undefined;
  openJob(delivery: Delivery): Promise<Job>;
  runCommand(command: Command, job: Job): Promise<CommandResult>;
}

/** One record, from its arrival to its terminal record. Never throws what the job is to blame for. */
export async function runJob(delivery: Delivery, context: JobFlowContext): Promise<void> {
  const ended = await reachEnd(delivery, context);
  await finishJob(ended, context);
}

/** Tries for as long as something that the job needs is away. */
async function reachEnd(delivery: Delivery, context: JobFlowContext): Promise<EndedJob> {
  const { author, maxMessageBytes } = context;
  let described: DescribedDelivery = { ...delivery, fields: {} };
  try {
    const message = decodeMessage(delivery.record, maxMessageBytes);
    const fields = jobFields(author.describe(message));
    described = { ...delivery, fields, logger: delivery.logger.child({ jobId: fields['jobId'] }) };
    const attemptOnce = (): Promise<Outcome> => attemptJob(message, described, context);
    return { ...described, outcome: await untilAvailable(attemptOnce, delivery.signal, described.logger) };
  } catch (error) {
    // The first cause stays: what a step throws because it was aborted is not the reason.
    const { signal } = delivery;
    return { ...described, outcome: toEarlyEnd(signal.aborted ? signal.reason : foreseen(error)) };
  }
}

/** Nobody would do a job that is kept while its partition stays ours: only the signal interrupts one. */
function foreseen(error: unknown): unknown {
  if (!(error instanceof InterruptedError)) return error;
  return new Error(`InterruptedError is not for runners to throw (${error.message})`, { cause: error });
}

async function attemptJob(message: Message, delivery: Delivery, context: JobFlowContext): Promise<Outcome> {
  using limit = timeLimit(delivery.signal, context.jobTimeoutMs);
  const job = await context.openJob({ ...delivery, signal: limit.signal });
  try {
    return await takeSteps(message, job, context);
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    await letGo(job);
  }
}

async function takeSteps(message: Message, job: Job, context: JobFlowContext): Promise<Outcome> {
  const { author } = context;
  const command = await author.msgToCommand(message, job);
  if (command === undefined) return { kind: 'ignored' };
  const elapsedSeconds = command.length === 0 ? 0 : await runAndCheck(command, job, context);
  return complete(await author.makeResponse(message, elapsedSeconds, job), job);
}

async function runAndCheck(command: Command, job: Job, context: JobFlowContext): Promise<number> {
  const result = await context.runCommand(command, job);
  await context.author.checkResult(result, job);
  return result.elapsedSeconds;
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
