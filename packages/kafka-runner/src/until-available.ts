import pRetry from 'p-retry';
import { UnavailableError } from './errors.ts';
import type { Logger } from './logging/logger.ts';

/** What is still away after about half a minute is said once at level error, so that the error topic tells an operator. */
const alarmAttempt = 5;

/**
 * Does something again and again for as long as what it needs is away: after 1 s, 2 s, 4 s ... at most `maxDelayMs` (30 s),
 * jittered so that a fleet does not return in step. Any other error is thrown at once; so is the reason of an aborted
 * signal.
 */
export async function untilAvailable<T>(
  action: () => Promise<T>,
  signal: AbortSignal,
  logger: Logger,
  { maxDelayMs = 30_000 }: { readonly maxDelayMs?: number } = {},
): Promise<T> {
  return await pRetry(action, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: Math.min(1_000, maxDelayMs),
    maxTimeout: maxDelayMs,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof UnavailableError,
    onFailedAttempt: ({ error, retryDelay, attemptNumber }) => {
      if (!(error instanceof UnavailableError) || signal.aborted) return;
      const level = attemptNumber === alarmAttempt ? 'error' : 'warn';
      logger[level]({ code: error.code }, `${error.message}; again in ${(retryDelay / 1_000).toFixed(1)} s`);
    },
  });
}
