import type { ProducedRecord, Producer } from './broker/port.ts';
import { jobErrorRecord } from './error-record.ts';
import { FailedError, InterruptedError, type JobError } from './errors.ts';
import type { EndedJob } from './job-flow.ts';
import { stringifyJson } from './json.ts';
import type { OffsetWriter } from './offsets/offset-writer.ts';
import type { Completed } from './outcome.ts';
import { untilAborted } from './until-aborted.ts';
import { untilAvailable } from './until-available.ts';

export interface FinishContext {
  readonly producer: Pick<Producer, 'send'>;
  readonly offsets: Pick<OffsetWriter, 'write'>;
  readonly outTopic: string | undefined;
  readonly errorTopic: string;
  /** Name of the runner, for error records. */
  readonly runner: string;
  /** Name of this worker, for the headers of results. */
  readonly worker: string;
}

/**
 * Turns an outcome into its terminal record and then the move of the offset: a death in between repeats, it never
 * loses. What is kept is done by whoever owns the partition next.
 */
export async function finishJob(ended: EndedJob, context: FinishContext): Promise<void> {
  try {
    await settle(ended, context);
  } catch (error) {
    const { signal, logger } = ended;
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (!(reason instanceof InterruptedError)) throw reason;
    logger.warn({ code: reason.code }, `interrupted, the job is kept: ${reason.message}`);
  }
}

async function settle(ended: EndedJob, context: FinishContext): Promise<void> {
  const { outcome, logger } = ended;
  switch (outcome.kind) {
    case 'completed':
      await sendResponse(outcome, ended, context);
      return await moveOffset(ended, context);
    case 'ignored':
      logger.debug('ignored');
      return await moveOffset(ended, context);
    case 'rejected':
    case 'failed':
      logFailure(outcome.error, ended);
      await sendError(outcome.error, ended, context);
      return await moveOffset(ended, context);
    case 'unavailable':
    case 'interrupted':
      logger.warn({ code: outcome.error.code }, `${outcome.kind}, the job is kept: ${outcome.error.message}`);
      return;
    default:
      outcome satisfies never;
  }
}

/** An error that nobody foresaw is shown with its stack, to the author of the runner. */
function logFailure(error: JobError, { logger }: EndedJob): void {
  const stack = error.code === 'runner-error' ? { err: error.cause } : {};
  logger.warn({ code: error.code, ...stack }, `${error.outcome}: ${error.message}`);
}

async function moveOffset(ended: EndedJob, context: FinishContext): Promise<void> {
  ended.owned.ledger.finish(ended.record.offset);
  await context.offsets.write(ended.owned, ended.signal);
}

/** A response that no broker will ever take (too large) is how the job failed; there is a small record to say so. */
async function sendResponse(outcome: Completed, ended: EndedJob, context: FinishContext): Promise<void> {
  const record = responseRecord(outcome, ended, context);
  try {
    if (record) await send(record, ended, context);
    ended.logger.info('completed');
  } catch (error) {
    if (!(error instanceof FailedError)) throw error;
    logFailure(error, ended);
    await sendError(error, ended, context);
  }
}

/** A broker that takes less than the record's bounds gets a brief one: key and value stay in the input topic. */
async function sendError(error: JobError, ended: EndedJob, context: FinishContext): Promise<void> {
  try {
    await send(errorRecord(error, ended, context), ended, context);
  } catch (fault) {
    if (!(fault instanceof FailedError)) throw fault;
    await send(errorRecord(error, ended, context, { brief: true }), ended, context);
  }
}

/** Tries until a broker has the record. One that is under way when the job has to stop may or may not arrive. */
async function send(record: ProducedRecord, { signal, logger }: EndedJob, { producer }: FinishContext): Promise<void> {
  await untilAvailable(() => untilAborted(producer.send(record), signal), signal, logger);
}

function responseRecord(outcome: Completed, ended: EndedJob, context: FinishContext): ProducedRecord | undefined {
  if (outcome.response === undefined || context.outTopic === undefined) return undefined;
  return {
    topic: context.outTopic,
    key: ended.record.key,
    value: outcome.response,
    headers: { ...outcome.headers, ...identifyingHeaders(ended, context) },
  };
}

function errorRecord(error: JobError, ended: EndedJob, context: FinishContext, { brief = false } = {}): ProducedRecord {
  const { record, attempt, fields } = ended;
  const content = jobErrorRecord(error, record, { runner: context.runner, attempts: attempt, fields, brief });
  return {
    topic: context.errorTopic,
    key: brief ? null : record.key,
    value: stringifyJson(content),
    headers: identifyingHeaders(ended, context),
  };
}

/** Which job a record is about: `jobId` is the sender's and not unique, this is. */
function identifyingHeaders({ record, attempt }: EndedJob, { worker }: FinishContext): Record<string, string> {
  return {
    'job-topic': record.topic,
    'job-partition': String(record.partition),
    'job-offset': String(record.offset),
    attempt: String(attempt),
    worker,
  };
}
