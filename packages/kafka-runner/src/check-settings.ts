import type { z } from 'zod';
import { ConfigError } from './errors.ts';

/** Checks settings and fills in their defaults. Throws ConfigError that names all faults at once. */
export function checkSettings<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'settings'}: ${message}`);
  throw new ConfigError(`wrong settings:\n  ${faults.join('\n  ')}`);
}
