import { isJsonObject, type RawHeader, type RawRecord } from 'kafka-runner';
import type { JobPlace } from '../job-name.ts';

/** What a record of the output or the error topic says about a job. */
export type Said =
  | { readonly kind: 'result' | 'error'; readonly job: JobPlace }
  /** A result that does not say which job it is of: its sender knows no such headers. */
  | { readonly kind: 'nameless' }
  /** Not the end of a job: a line of a log, a mark of `retry`, or what somebody else wrote. */
  | { readonly kind: 'other' };

/** Results name their job in their headers, error records in their fields. */
export function readResult({ headers }: Pick<RawRecord, 'headers'>): Said {
  const topic = headerOf(headers, 'job-topic');
  const partition = wholeNumber(headerOf(headers, 'job-partition'));
  const offset = wholeNumber(headerOf(headers, 'job-offset'));
  if (topic === undefined || partition === undefined || offset === undefined) return { kind: 'nameless' };
  return { kind: 'result', job: { topic, partition, offset } };
}

export function readError({ value }: Pick<RawRecord, 'value'>): Said {
  const fields = parseFields(value);
  if (!isJsonObject(fields) || fields['kind'] !== 'job') return { kind: 'other' };
  const { topic, partition, offset } = fields;
  if (typeof topic !== 'string' || !isPlace(partition) || !isPlace(offset)) return { kind: 'nameless' };
  return { kind: 'error', job: { topic, partition, offset } };
}

/** For one topic that takes both. */
export function readEither(record: Pick<RawRecord, 'headers' | 'value'>): Said {
  const fields = parseFields(record.value);
  return isJsonObject(fields) && typeof fields['kind'] === 'string' ? readError(record) : readResult(record);
}

function headerOf(headers: readonly RawHeader[], wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1].toString('utf8');
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Digits that a number cannot hold do not matter here. */
function parseFields(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString('utf8') ?? '');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
