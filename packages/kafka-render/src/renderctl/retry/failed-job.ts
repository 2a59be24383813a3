import { crc32 } from 'node:zlib';
import { isJsonObject, parseJson, stringifyJson, type JsonObject, type RawHeader, type RawRecord } from 'kafka-runner';
import type { JobPlace } from '../job-name.ts';

/** A job that ended without a result, as its error record tells. */
export interface FailedJob {
  readonly job: JobPlace;
  /** Where its error records stand; more than one where delivery is at least once. */
  readonly records: readonly JobPlace[];
  readonly code: string;
  readonly message: string;
  /** As text, every digit of it; undefined where it could not be read. */
  readonly jobId: string | undefined;
  /** When it ended. */
  readonly time: string;
  readonly valueBytes: number;
  /** Of the original value, where the error record holds it. */
  readonly checksum: number | undefined;
  /** Whether the error record holds value and headers, so that it can stand in for the original. */
  readonly isWhole: boolean;
}

/** The original value and headers of a job. */
export interface HeldOriginal {
  readonly value: Buffer | null;
  readonly headers: readonly RawHeader[];
}

/** What the error topic says about a job. Undefined for its other records: log lines, and what others wrote. */
export type ErrorEntry =
  | { readonly kind: 'job'; readonly failed: FailedJob }
  | { readonly kind: 'retry'; readonly job: JobPlace };

/** Long messages are cut: the table shows no more. */
const maxMessageLength = 200;

export function readErrorRecord(record: RawRecord): ErrorEntry | undefined {
  const fields = parseFields(record.value);
  const job = fields && placeOf(fields);
  if (job === undefined) return undefined;
  if (fields?.['kind'] === 'retry') return { kind: 'retry', job };
  return fields?.['kind'] === 'job' ? { kind: 'job', failed: toFailedJob(fields, job, record) } : undefined;
}

/** The original as the error record holds it; undefined when it does not hold all of it. */
export function heldOriginal({ value }: Pick<RawRecord, 'value'>): HeldOriginal | undefined {
  const fields = parseFields(value);
  return fields && heldIn(fields);
}

/** Whether a record of the input topic is the one that the error record is about: a topic can be made anew. */
export function isOriginal(failed: FailedJob, value: Buffer | null): boolean {
  if ((value?.length ?? 0) !== failed.valueBytes) return false;
  return failed.checksum === undefined || failed.checksum === checksumOf(value);
}

function toFailedJob(fields: JsonObject, job: JobPlace, { topic, partition, offset }: RawRecord): FailedJob {
  const value = heldValue(fields);
  return {
    job,
    records: [{ topic, partition, offset }],
    code: String(fields['code']),
    message: String(fields['message']).slice(0, maxMessageLength),
    jobId: asText(fields['jobId']),
    time: String(fields['time']),
    valueBytes: Number(fields['valueBytes']),
    checksum: value === undefined ? undefined : checksumOf(value),
    isWhole: heldIn(fields) !== undefined,
  };
}

function heldIn(fields: JsonObject): HeldOriginal | undefined {
  const value = heldValue(fields);
  const headers = fields['headers'];
  if (value === undefined || !isJsonObject(headers)) return undefined;
  return { value, headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(String(text))]) };
}

function heldValue({ value, valueBase64 }: JsonObject): Buffer | null | undefined {
  if (value === null) return null;
  if (typeof value === 'string') return Buffer.from(value);
  return typeof valueBase64 === 'string' ? Buffer.from(valueBase64, 'base64') : undefined;
}

/** A sender may write anything as its `jobId`. */
function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : stringifyJson(value);
}

function checksumOf(value: Buffer | null): number {
  return crc32(value ?? Buffer.alloc(0));
}

function placeOf({ topic, partition, offset }: JsonObject): JobPlace | undefined {
  if (typeof topic !== 'string' || typeof partition !== 'number' || typeof offset !== 'number') return undefined;
  return { topic, partition, offset };
}

/** Anybody may write to the error topic: what is no JSON object, or nested too deep to be read, is none of ours. */
function parseFields(value: Buffer | null): JsonObject | undefined {
  try {
    const parsed = parseJson(value?.toString('utf8') ?? '');
    return isJsonObject(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
