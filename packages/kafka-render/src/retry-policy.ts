import type { FailedError } from 'kafka-runner';

/**
 * Failures of rendering that another attempt would only repeat, after all of its work. `docs/failures.md` is the same
 * table for people, with the reasons.
 */
const finalCodes: ReadonlySet<string> = new Set(['script-error', 'response-invalid', 'scene-not-loaded']);

/** Whether a failure of rendering may be gone the next time. Other codes are Kafka Runner's to judge. */
export function mayRenderAgain({ code }: Pick<FailedError, 'code'>): boolean {
  return !finalCodes.has(code);
}
