import type { ConsumedRecord } from './broker/port.ts';
import { RejectedError } from './errors.ts';
import { parseJson } from './json.ts';

/** A record of the input topic, decoded. `value` is what the JSON says; integers beyond 2^53 are bigints. */
export interface Message<Value = unknown> {
  readonly value: Value;
  readonly record: ConsumedRecord;
}

/**
 * Decodes a record's value: UTF-8 JSON, or a JSON string that contains JSON (the predecessor's test producer encodes
 * twice). Throws RejectedError `message-empty`, `message-too-large` or `message-not-json`.
 */
export function decodeMessage(record: ConsumedRecord, maxBytes: number): Message {
  const { value } = record;
  if (value === null || value.length === 0) throw new RejectedError('message-empty', 'the message has no value');
  if (value.length > maxBytes) {
    throw new RejectedError('message-too-large', `the message has ${value.length} bytes; at most ${maxBytes} are read`);
  }
  return { value: decodeTwice(decodeUtf8(value)), record };
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
  } catch {
    // A plain string is a value too: HELLO! is what the test producer sends.
    return value;
  }
}

function parseOrReject(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RejectedError('message-not-json', `the message is not JSON: ${why}`, { cause });
  }
}
