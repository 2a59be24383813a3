import { ConfigError, JobError } from 'kafka-runner';

/** What was looked at, and what to do where something is wrong. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'wrong';
  readonly found: string;
  readonly advice?: string;
}

export function ok(check: string, found: string): Finding {
  return { check, state: 'ok', found };
}

export function warning(check: string, found: string, advice: string): Finding {
  return { check, state: 'warning', found, advice };
}

export function wrong(check: string, found: string, advice: string): Finding {
  return { check, state: 'wrong', found, advice };
}

/** Looks; an error that is made for people, which says itself what to do, becomes a finding. */
export async function finding(
  check: string,
  look: () => Promise<Finding | readonly Finding[]>,
  advice = '',
): Promise<readonly Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof JobError)) throw error;
    return [{ check, state: 'wrong', found: error.message, ...(advice !== '' && { advice }) }];
  }
}
