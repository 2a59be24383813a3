import { hostname } from 'node:os';
import type { ConsumedRecord } from './broker/port.ts';
import type { JobError } from './errors.ts';
import type { JsonObject } from './json.ts';

/** The original value stands in an error record up to this size; beyond it topic, partition and offset point to it. */
const maxValueBytes = 262_144;

export interface ErrorRecordContext {
  readonly runner: string;
  /** Attempts that were made, this one included. */
  readonly attempts: number;
  /** What the runner could read of the job, such as `jobId`. */
  readonly fields: JsonObject;
}

/** The one terminal record of a job that ended without a result (`error_record.schema.json`, kind `job`). */
export function jobErrorRecord(error: JobError, record: ConsumedRecord, context: ErrorRecordContext): JsonObject {
  return {
    ...context.fields,
    kind: 'job',
    code: error.code,
    message: error.message,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    attempts: context.attempts,
    ...originalValue(record.value),
    time: new Date().toISOString(),
    runner: context.runner,
    host: hostname(),
  };
}

/** The offending message, byte for byte: as text where it is UTF-8, in base64 otherwise. */
function originalValue(value: Buffer | null): JsonObject {
  if (value === null) return { value: null, valueBytes: 0 };
  if (value.length > maxValueBytes) return { valueBytes: value.length };
  const text = value.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(value);
  return { ...(isText ? { value: text } : { valueBase64: value.toString('base64') }), valueBytes: value.length };
}
