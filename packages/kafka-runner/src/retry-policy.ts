import type { FailedError } from './errors.ts';

/**
 * Failures that another attempt would only repeat. Every other FailedError is tried again, up to `maxAttempts`; a
 * RejectedError never is. `docs/failures.md` is the same table for people.
 */
const finalCodes: ReadonlySet<string> = new Set([
  'cancelled',
  'command-not-started',
  'gave-up',
  'job-too-large',
  'output-too-large',
  'record-too-large',
  'runner-error',
]);

/** Whether a failure may be gone the next time, as far as Kafka Runner knows. */
export function isTriedAgain({ code }: Pick<FailedError, 'code'>): boolean {
  return !finalCodes.has(code);
}

/** Longest wait between two attempts. */
const maxDelayMs = 60_000;

/** Doubles with each attempt, and is jittered down to a half, so that jobs that failed together do not come together. */
export function retryDelayMs(attempt: number, firstDelayMs: number): number {
  const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), maxDelayMs);
  return Math.round(delayMs * (0.5 + Math.random() / 2));
}
