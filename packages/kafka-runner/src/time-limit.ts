import { FailedError } from './errors.ts';

/** A signal that is also aborted after a time, with FailedError `timed-out`; disposing stops the clock. */
export function timeLimit(
  signal: AbortSignal,
  limitMs: number | undefined,
): Disposable & { readonly signal: AbortSignal } {
  if (limitMs === undefined) return { signal, [Symbol.dispose]: () => undefined };
  const late = new AbortController();
  const reason = new FailedError('timed-out', `the job was not over after ${limitMs / 1_000} s and was ended`);
  const timer = setTimeout(() => late.abort(reason), limitMs);
  return { signal: AbortSignal.any([signal, late.signal]), [Symbol.dispose]: () => clearTimeout(timer) };
}
