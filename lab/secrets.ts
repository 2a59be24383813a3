import { appendFileSync } from 'node:fs';
import process from 'node:process';

/** Names a file that gets every secret of a test run: its whole output is looked through at the end (`run-tests.ts`). */
export const secretsFileVariable = 'TEST_SECRETS_FILE';

const secrets = new Set<string>();

/** Says of a key or password that nobody may ever read it: neither in what a program prints nor in a topic. */
export function secret(value: string): string {
  const file = process.env[secretsFileVariable];
  if (file !== undefined && !secrets.has(value)) appendFileSync(file, `${JSON.stringify(value)}\n`);
  secrets.add(value);
  return value;
}

/**
 * Throws when a text shows a secret that this process knows of.
 * @param what whose text it is
 */
export function assertKeepsSecrets(text: string, what: string): void {
  const line = text.split('\n').find((each) => shows(each, [...secrets]));
  if (line !== undefined) throw new Error(`${what} shows a secret: ${line.slice(0, 2_000)}`);
}

/** As it is, or in the usual disguise. */
export function shows(text: string, hidden: readonly string[]): boolean {
  return hidden.some((each) => text.includes(each) || text.includes(Buffer.from(each).toString('base64')));
}
