import type { ProducedRecord, Producer } from './broker/port.ts';
import { jobErrorRecord } from './error-record.ts';
import { InterruptedError, type FailedError, type RejectedError } from './errors.ts';
import type { EndedJob } from './job-flow.ts';
import { stringifyJson } from './json.ts';
import type { OffsetWriter } from './offsets/offset-writer.ts';
import { toEarlyEnd, type Completed } from './outcome.ts';
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
  const { outcome, logger } = ended;
  switch (outcome.kind) {
    case 'completed':
      logger.info('completed');
      return await settle(ended, context, responseRecord(outcome, ended, context));
    case 'ignored':
      logger.debug('ignored');
      return await settle(ended, context, undefined);
    case 'rejected':
    case 'failed':
      logger.warn({ code: outcome.error.code }, `${outcome.kind}: ${outcome.error.message}`);
      return await settle(ended, context, errorRecord(outcome.error, ended, context));
    case 'unavailable':
    case 'interrupted':
      logger.warn({ code: outcome.error.code }, `${outcome.kind}, the job is kept: ${outcome.error.message}`);
      return;
    default:
      outcome satisfies never;
  }
}

async function settle(ended: EndedJob, context: FinishContext, record: ProducedRecord | undefined): Promise<void> {
  const { owned, signal, logger } = ended;
  try {
    if (record) await untilAvailable(() => context.producer.send(record), signal, logger);
    owned.ledger.finish(ended.record.offset);
    await context.offsets.write(owned);
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    // A record that no broker will ever take (too large) is how the job failed; there is a small one to say so.
    if (reason instanceof InterruptedError || record?.topic === context.errorTopic) throwUnlessInterrupted(reason, ended);
    else await finishJob({ ...ended, outcome: toEarlyEnd(reason) }, context);
  }
}

function throwUnlessInterrupted(reason: unknown, { logger }: EndedJob): void {
  if (!(reason instanceof InterruptedError)) throw reason;
  logger.warn({ code: reason.code }, `interrupted, the job is kept: ${reason.message}`);
}

function responseRecord(outcome: Completed, ended: EndedJob, context: FinishContext): ProducedRecord | undefined {
  if (outcome.response === undefined || context.outTopic === undefined) return undefined;
  return {
    topic: context.outTopic,
    key: ended.record.key,
    value: outcome.response,
    headers: { ...identifyingHeaders(ended, context), ...outcome.headers },
  };
}

function errorRecord(error: RejectedError | FailedError, ended: EndedJob, context: FinishContext): ProducedRecord {
  const { record, attempt, fields } = ended;
  const content = jobErrorRecord(error, record, { runner: context.runner, attempts: attempt, fields });
  return {
    topic: context.errorTopic,
    key: record.key,
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
