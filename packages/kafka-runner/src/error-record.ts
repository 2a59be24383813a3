import { hostname } from 'node:os';
import type { ConsumedRecord } from './broker/port.ts';
import type { JobError } from './errors.ts';
import type { JsonObject } from './json.ts';
import { printableJson } from './printable.ts';

/**
 * The original value stands in an error record up to this size, as JSON writes it (a control character takes six
 * bytes there); beyond it topic, partition and offset point to it. Like the bound below it keeps the record under the
 * megabyte that a broker takes: one that no broker takes could never be written.
 */
const maxValueLength = 262_144;
const maxMessageLength = 32_768;
const maxHeadersLength = 16_384;

/** What a brief record holds of the message, so that it fits wherever Kafka is of use. */
const briefMessageLength = 512;

export interface ErrorRecordContext {
  readonly runner: string;
  /** Attempts that were made, this one included. */
  readonly attempts: number;
  /** What the runner could read of the job, such as `jobId`. */
  readonly fields: JsonObject;
  /** Leaves out the original value, its headers and all but the start of the message. Default: false. */
  readonly brief?: boolean;
}

/** The one terminal record of a job that ended without a result (`error_record.schema.json`, kind `job`). */
export function jobErrorRecord(error: JobError, record: ConsumedRecord, context: ErrorRecordContext): JsonObject {
  const { fields, brief = false } = context;
  return {
    ...fields,
    kind: 'job',
    code: error.code,
    message: error.message.slice(0, brief ? briefMessageLength : maxMessageLength),
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    attempts: context.attempts,
    ...(brief ? { valueBytes: record.value?.length ?? 0 } : originalOf(record)),
    time: new Date().toISOString(),
    runner: context.runner,
    host: hostname(),
  };
}

/** The record's key is the error record's own. */
function originalOf({ value, headers }: ConsumedRecord): JsonObject {
  return { ...originalValue(value), ...originalHeaders(headers) };
}

/** Left out when they are no text or too large: headers that stand in an error record are those that were sent. */
function originalHeaders(headers: ConsumedRecord['headers']): JsonObject {
  const isText = Object.values(headers).every((text) => !text.includes('\uFFFD'));
  return isText && printableJson(JSON.stringify(headers)).length <= maxHeadersLength ? { headers } : {};
}

/** The offending message, byte for byte: as text where it is UTF-8, in base64 otherwise. */
function originalValue(value: Buffer | null): JsonObject {
  if (value === null) return { value: null, valueBytes: 0 };
  const valueBytes = value.length;
  if (valueBytes > maxValueLength) return { valueBytes };
  const text = value.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(value);
  const original = isText ? { value: text } : { valueBase64: value.toString('base64') };
  return printableJson(JSON.stringify(original)).length > maxValueLength ? { valueBytes } : { ...original, valueBytes };
}
