import type { JsonObject } from './json.ts';

const maxFieldLength = 4_096;

/**
 * What of a described job may stand in log lines and error records. A sender may write anything as its `jobId`, of any
 * size and depth: only what can name something is repeated.
 */
export function jobFields(described: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(described).filter(([, value]) => isName(value)));
}

function isName(value: unknown): boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value) && String(value).length <= maxFieldLength;
}
