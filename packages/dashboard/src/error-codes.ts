import { readFileSync } from 'node:fs';
import type { ErrorAdvice, JobState } from './api.ts';

/** Made from `docs/errors.md` by `tools/write-docs.ts`. */
const file = new URL('../error-codes.json', import.meta.url);
const codes = new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, ErrorAdvice>));

/** What a code means and what to do about it; null for codes that another runner made up. */
export function adviceFor(code: string | null): ErrorAdvice | null {
  return (code !== null && codes.get(code)) || null;
}

/** The state of a job whose error record has this code. */
export function outcomeOf(code: string): JobState {
  if (code === 'cancelled') return 'cancelled';
  return codes.get(code)?.outcome === 'rejected' ? 'rejected' : 'failed';
}
