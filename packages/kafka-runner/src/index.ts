export { ConfigError, FailedError, InterruptedError, JobError, RejectedError, UnavailableError } from './errors.ts';
export type { EarlyOutcome } from './errors.ts';
