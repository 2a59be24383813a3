import type { ProducedRecord } from './broker/port.ts';
import { jobErrorRecord } from './error-record.ts';
import { FailedError, InterruptedError, type JobError } from './errors.ts';
import type { JobEvents } from './job-events.ts';
import type { EndedJob, JobAuthor } from './job-flow.ts';
import { stringifyJson } from './json.ts';
import type { Settlements } from './offsets/settlements.ts';
import { toEarlyEnd, type Completed } from './outcome.ts';
import { printableJson } from './printable.ts';
import { traceHeaders } from './trace-context.ts';

export interface FinishContext {
  readonly author: Pick<JobAuthor, 'isTriedAgain'>;
  readonly settlements: Pick<Settlements, 'settle'>;
  readonly events: JobEvents;
  readonly outTopic: string | undefined;
  readonly errorTopic: string;
  readonly maxAttempts: number;
  /** Name of the runner, for error records. */
  readonly runner: string;
  /** Name of this worker, for the headers of results. */
  readonly worker: string;
  /** Lets the job come again after a while. Returns how long that is, in milliseconds. */
  tryAgain(ended: EndedJob): number;
}

/**
 * Turns an outcome into its terminal record and the move of the offset, in one commit. What is kept is done by whoever
 * owns the partition next.
 */
export async function finishJob(ended: EndedJob, context: FinishContext): Promise<void> {
  ended.phases.close();
  try {
    await settle(ended, context);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    context.events.emit('kept', ended);
    if (ended.outcome.kind === 'interrupted') return;
    takeBack(ended);
    ended.logger.warn({ code: error.code }, `interrupted, the job is kept: ${error.message}`);
  }
}

async function settle(ended: EndedJob, context: FinishContext): Promise<void> {
  const { outcome, logger } = ended;
  switch (outcome.kind) {
    case 'completed':
      return await complete(outcome, ended, context);
    case 'ignored':
      logger.debug('ignored');
      await end(ended, undefined, context);
      return void context.events.emit('ended', ended);
    case 'rejected':
      return await fail(outcome.error, ended, context);
    case 'failed':
      return isTriedAgain(outcome.error, ended, context)
        ? await keepForAnotherAttempt(outcome.error, ended, context)
        : await fail(outcome.error, ended, context);
    case 'unavailable':
    case 'interrupted':
      logger.warn({ code: outcome.error.code }, `${outcome.kind}, the job is kept: ${outcome.error.message}`);
      takeBack(ended);
      await context.settlements.settle({ owned: ended.owned });
      return void context.events.emit('kept', ended);
    default:
      outcome satisfies never;
  }
}

/** An attempt that was cut off, or whose end could not be written, does not count. */
function takeBack({ owned: { ledger }, record: { offset } }: EndedJob): void {
  if (ledger.isOpen(offset)) ledger.takeBack(offset);
}

/** The job is over: its offset is done, and its terminal record, if it has one, is there for everybody. */
async function end({ owned, record }: EndedJob, terminal: ProducedRecord | undefined, context: FinishContext) {
  await context.settlements.settle({ owned, finished: record.offset, record: terminal });
}

/** A response that no broker will ever take (too large) is how the job failed; there is a small record to say so. */
async function complete(outcome: Completed, ended: EndedJob, context: FinishContext): Promise<void> {
  try {
    await end(ended, responseRecord(outcome, ended, context), context);
    ended.logger.info('completed');
    context.events.emit('ended', ended);
  } catch (error) {
    if (!(error instanceof FailedError)) throw error;
    await fail(error, { ...ended, headers: outcome.headers }, context);
  }
}

/** A broker that takes less than the record's bounds gets a brief one: key and value stay in the input topic. */
async function fail(error: JobError, ended: EndedJob, context: FinishContext): Promise<void> {
  logFailure(error, ended);
  try {
    await end(ended, errorRecord(error, ended, context), context);
  } catch (fault) {
    if (!(fault instanceof FailedError)) throw fault;
    await end(ended, errorRecord(error, ended, context, { brief: true }), context);
  }
  context.events.emit('ended', { ...ended, outcome: toEarlyEnd(error) });
}

/** An error that nobody foresaw is shown with its stack, to the author of the runner. */
function logFailure(error: JobError, { logger }: EndedJob): void {
  const stack = error.code === 'runner-error' ? { err: error.cause } : {};
  logger.warn({ code: error.code, ...stack }, `${error.outcome}: ${error.message}`);
}

/** Nobody's runner tries again what was cancelled. What the ledger counts decides: an attempt that has achieved something lasting starts the count anew. */
function isTriedAgain(error: FailedError, { owned, record }: EndedJob, context: FinishContext): boolean {
  if (error.code === 'cancelled') return false;
  return context.author.isTriedAgain(error) && owned.ledger.attempts(record.offset).count < context.maxAttempts;
}

async function keepForAnotherAttempt(error: FailedError, ended: EndedJob, context: FinishContext): Promise<void> {
  ended.owned.ledger.rest(ended.record.offset);
  await context.settlements.settle({ owned: ended.owned });
  const delayMs = context.tryAgain(ended);
  context.events.emit('rested', ended, delayMs);
  const delaySeconds = (delayMs / 1_000).toFixed(1);
  const what = `attempt ${ended.attempt} failed, another one in ${delaySeconds} s: ${error.message}`;
  ended.logger.warn({ code: error.code }, what);
}

function responseRecord(outcome: Completed, ended: EndedJob, context: FinishContext): ProducedRecord | undefined {
  if (outcome.response === undefined || context.outTopic === undefined) return undefined;
  return {
    topic: context.outTopic,
    key: ended.record.key,
    value: outcome.response,
    headers: {
      ...traceHeaders(ended.record.headers),
      ...outcome.headers,
      ...ended.phases.headers(),
      ...identifyingHeaders(ended, context),
    },
  };
}

function errorRecord(error: JobError, ended: EndedJob, context: FinishContext, { brief = false } = {}): ProducedRecord {
  const { record, fields } = ended;
  const attempts = attemptOf(ended, context);
  const content = jobErrorRecord(error, record, { runner: context.runner, attempts, fields, brief });
  return {
    topic: context.errorTopic,
    key: brief ? null : record.key,
    value: printableJson(stringifyJson(content)),
    headers: {
      ...traceHeaders(record.headers),
      ...ended.headers,
      ...ended.phases.headers(),
      ...identifyingHeaders(ended, context),
    },
  };
}

/** Which job a record is about: `jobId` is the sender's and not unique, this is. */
function identifyingHeaders(ended: EndedJob, context: FinishContext): Record<string, string> {
  const { record } = ended;
  return {
    'job-topic': record.topic,
    'job-partition': String(record.partition),
    'job-offset': String(record.offset),
    attempt: String(attemptOf(ended, context)),
    worker: context.worker,
  };
}

/** A job that is given up is not begun once more. */
function attemptOf({ attempt }: EndedJob, { maxAttempts }: FinishContext): number {
  return Math.min(attempt, maxAttempts);
}
