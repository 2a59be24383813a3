import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { secretFileWarning } from '../secret-file.ts';

/** How to reach the object store (MinIO or any other S3-compatible server) and as whom. */
export interface MinioCredentials {
  /** `http://host:port` or `https://host:port`. */
  readonly url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Default: `us-east-1`, which MinIO and most others accept. */
  readonly region?: string;
  /** Certificate authorities (PEM) of an `https` server. Default: those that Node knows. */
  readonly ca?: string;
}

const EXAMPLE = '{ "url": "http://127.0.0.1:9000", "accessKey": "...", "secretKey": "..." }';

const schema = z.object({
  url: z.string().superRefine((url, context) => {
    const fault = faultOfUrl(url);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  }),
  accessKey: z.string().min(1, 'is empty'),
  secretKey: z.string().min(1, 'is empty'),
  region: z.string().min(1, 'is empty').optional(),
  caFile: z.string().min(1, 'is empty').optional(),
});

/**
 * Reads a credentials file, a JSON object with `url`, `accessKey`, `secretKey` and, where the server asks for it,
 * `region` and `caFile`, relative to the file itself. More properties are allowed.
 *
 * @param onWarning told when others on this machine can read or change the file
 * @throws ConfigError that names the file, everything that is wrong with it, and what a right one looks like; never
 *   the keys themselves
 */
export async function readMinioCredentials(
  file: string,
  onWarning?: (message: string) => void,
): Promise<MinioCredentials> {
  const path = resolve(file);
  const text = await readText(path);
  const result = schema.safeParse(parseJson(text, path));
  if (!result.success) throw unusable(path, result.error.issues.map(describeIssue));
  const warning = secretFileWarning(path);
  if (warning !== undefined) onWarning?.(warning);
  const { url, accessKey, secretKey, region, caFile } = result.data;
  const ca = caFile === undefined ? undefined : await readAuthorities(resolve(dirname(path), caFile), path);
  const optional = { ...(region !== undefined && { region }), ...(ca !== undefined && { ca }) };
  return { url: new URL(url).origin, accessKey, secretKey, ...optional };
}

/** Looked at here: of a file without certificates the network would only say, much later, that it trusts nobody. */
async function readAuthorities(file: string, credentials: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    createSecureContext({ ca: text });
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
    throw new Error('it holds no certificate (PEM)');
  } catch (cause) {
    const fault = `caFile ${file} is of no use: ${(cause as Error).message}`;
    throw new ConfigError(`The credentials file ${credentials} cannot be used: ${fault}.`, { cause });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const what = missing ? `There is no credentials file ${path}` : `The credentials file ${path} cannot be read`;
    const detail = missing ? '' : `: ${(cause as Error).message}`;
    const advice = `Write ${EXAMPLE} there, or name another file (kafka-render: --credentials)`;
    throw new ConfigError(`${what}${detail}. ${advice}.`, { cause });
  }
}

/** The parser's own message is left out: it quotes the text, and with it perhaps a key. */
function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw unusable(path, ['it is not JSON']);
  }
}

function unusable(path: string, faults: string[]): ConfigError {
  return new ConfigError(`The credentials file ${path} cannot be used: ${faults.join('; ')}. Expected: ${EXAMPLE}.`);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.path.length === 0) return 'it is not a JSON object';
  const name = issue.path.join('.');
  if (issue.code === 'invalid_type') return `${name} is missing or not a string`;
  return `${name} ${issue.message}`;
}

function faultOfUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'is not of the form http://host:port';
  if (url.username !== '' || url.password !== '') return 'must not hold a user or password';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return 'must end after host:port';
  return undefined;
}
