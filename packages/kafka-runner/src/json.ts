/** A JSON object whose properties are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Only a text with a run of digits this long can hold an integer that a number cannot. */
const longInteger = /\d{16}/;

/**
 * Parses JSON without losing a digit: an integer beyond 2^53 becomes a bigint, everything else what `JSON.parse`
 * makes of it. Throws SyntaxError.
 */
export function parseJson(text: string): unknown {
  if (!longInteger.test(text)) return JSON.parse(text);
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '')
      ? BigInt(source ?? '')
      : value,
  );
}

/** The reverse of `parseJson`: bigints become plain integers again. */
export function stringifyJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? rawJson(part.toString()) : part));
}

/** A copy in which bigints are numbers again, for readers (schema validators) that know numbers only. */
export function withoutBigints(value: unknown): unknown {
  if (typeof value === 'bigint') return finite(Number(value));
  if (Array.isArray(value)) return value.map(withoutBigints);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutBigints(part)]));
}

/** An integer of hundreds of digits stays one. */
function finite(value: number): number {
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Source text access (https://github.com/tc39/proposal-json-parse-with-source) is in Node 24, not yet in TypeScript's library.
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (text: string) => unknown };
