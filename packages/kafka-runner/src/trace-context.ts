import type { ConsumedRecord } from './broker/port.ts';

/** Version, trace id, parent id, flags; neither id may be all zeros, and what a later version has behind them is its own. */
const traceparentForm = /^(?!ff)([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]*)?$/;

/** One entry: a key, and a printable value without blanks at its end. */
const tracestateMember =
  /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** A sender need not have bounds; these are far above what the standard lets one rely on (32 entries, 512 characters). */
const maxTraceparentLength = 256;
const maxTracestateLength = 8_192;
const maxMembers = 32;

/**
 * The headers of a job by which its trace goes on in the records that are sent for it: W3C Trace Context, unchanged, as of one
 * that forwards a trace and has no part in it (https://www.w3.org/TR/trace-context-2/). What is malformed is left out.
 */
export function traceHeaders(headers: ConsumedRecord['headers']): Record<string, string> {
  const traceparent = headerNamed('traceparent', headers)?.trim();
  if (traceparent === undefined || !isTraceparent(traceparent)) return {};
  const tracestate = headerNamed('tracestate', headers)?.trim();
  return tracestate && isTracestate(tracestate) ? { traceparent, tracestate } : { traceparent };
}

/** In whatever case it is written. */
function headerNamed(wanted: string, headers: ConsumedRecord['headers']): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function isTraceparent(text: string): boolean {
  const [, version, more] = (text.length <= maxTraceparentLength && traceparentForm.exec(text)) || [];
  return version !== undefined && (version !== '00' || more === undefined);
}

function isTracestate(text: string): boolean {
  if (text.length > maxTracestateLength) return false;
  const members = text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  return members.length > 0 && members.length <= maxMembers && members.every((member) => tracestateMember.test(member));
}
