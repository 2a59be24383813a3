import type { ConsumedRecord } from './broker/port.ts';
import { RejectedError } from './errors.ts';
import { parseJson } from './json.ts';

/** Deeper values exhaust the stack of whatever walks them: schemas, responses, logs. */
const maxDepth = 500;

/** A record of the input topic, decoded. `value` is what the JSON says; integers beyond 2^53 are bigints. */
export interface Message<Value = unknown> {
  readonly value: Value;
  readonly record: ConsumedRecord;
}

/**
 * Decodes a record's value: UTF-8 JSON, or a JSON string that contains JSON (the predecessor's test producer encodes
 * twice). Throws RejectedError `message-empty`, `message-too-large`, `message-not-json` or `message-too-deep`.
 */
export function decodeMessage(record: ConsumedRecord, maxBytes: number): Message {
  const { value } = record;
  if (value === null || value.length === 0) throw new RejectedError('message-empty', 'the message has no value');
  if (value.length > maxBytes) {
    throw new RejectedError('message-too-large', `the message has ${value.length} bytes; at most ${maxBytes} are read`);
  }
  return { value: rejectDeep(decodeTwice(decodeUtf8(value))), record };
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RejectedError('message-not-json', 'the message is not UTF-8 text', { cause });
  }
}

function decodeTwice(text: string): unknown {
  const value = parseOrReject(text);
  if (typeof value !== 'string') return value;
  try {
    return parseJson(value);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(error);
    // A plain string is a value too: HELLO! is what the test producer sends.
    return value;
  }
}

function parseOrReject(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    // Not the text's grammar but the stack has given up.
    if (cause instanceof RangeError) throw tooDeep(cause);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RejectedError('message-not-json', `the message is not JSON: ${why}`, { cause });
  }
}

function rejectDeep(value: unknown): unknown {
  let level = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw tooDeep();
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []));
  }
  return value;
}

function tooDeep(cause?: Error): RejectedError {
  return new RejectedError('message-too-deep', `the message is nested more than ${maxDepth} levels deep`, { cause });
}
