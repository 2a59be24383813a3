/** How a job ends when it does not complete. `outcome.ts` says what each one means for records and offsets. */
export type EarlyOutcome = 'rejected' | 'failed' | 'unavailable' | 'interrupted';

/**
 * Something that ended a job early. The class decides the outcome, `code` is stable and documented in
 * `docs/errors.md`, `message` says what was wrong, where, and what to do.
 */
export abstract class JobError extends Error {
  abstract readonly outcome: EarlyOutcome;
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The job itself is wrong and will never succeed as it is: an error record, the offset advances. */
export class RejectedError extends JobError {
  override readonly outcome = 'rejected';
}

/** The job was tried and did not succeed: an error record, the offset advances. */
export class FailedError extends JobError {
  override readonly outcome = 'failed';
}

/** Something the job needs is away (broker, object store): the job is kept and tried again when it is back. */
export class UnavailableError extends JobError {
  override readonly outcome = 'unavailable';
}

/** The worker has to let go of the job (shutdown, partition taken away): the next owner does it. */
export class InterruptedError extends JobError {
  override readonly outcome = 'interrupted';
}

/** The worker cannot start as configured; the message holds every fault, one a line, and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
