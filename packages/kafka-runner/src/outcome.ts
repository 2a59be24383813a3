import { FailedError, JobError, type InterruptedError, type RejectedError, type UnavailableError } from './errors.ts';

/** How a job ended. What each means for records and the offset is in `finish-job.ts`. */
export type Outcome = Completed | { readonly kind: 'ignored' } | EarlyEnd;

export interface Completed {
  readonly kind: 'completed';
  /** The result as JSON text; undefined when the runner has nothing to say. */
  readonly response: string | undefined;
  /** Headers of the result that the runner added. */
  readonly headers: Readonly<Record<string, string>>;
}

export type EarlyEnd =
  | { readonly kind: 'rejected'; readonly error: RejectedError }
  | { readonly kind: 'failed'; readonly error: FailedError }
  | { readonly kind: 'unavailable'; readonly error: UnavailableError }
  | { readonly kind: 'interrupted'; readonly error: InterruptedError };

/** Every error that ends a job decides its outcome here; one that nobody foresaw is the runner's own fault. */
export function toEarlyEnd(error: unknown): EarlyEnd {
  if (error instanceof JobError) return { kind: error.outcome, error } as EarlyEnd;
  const why = error instanceof Error ? error.message : String(error);
  return {
    kind: 'failed',
    error: new FailedError('runner-error', `the runner itself failed: ${why}`, { cause: error }),
  };
}
