import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { secret } from '../../../lab/secrets.ts';

const schemas = path.join(import.meta.dirname, '../schemas');

/** What the worker is to find in `../credentials/minio_credentials.json`. */
export interface StorageCredentials {
  readonly url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly caFile?: string;
}

/** Folders as an installation has them: `cwd` is the working directory, the other two lie beside it. */
export interface WorkFolder extends AsyncDisposable {
  readonly cwd: string;
  readonly schemas: string;
  readonly credentialsFile: string;
}

/** Disposing removes all of it. */
export async function makeWorkFolder(credentials: StorageCredentials): Promise<WorkFolder> {
  const root = await mkdtemp(path.join(tmpdir(), 'kafka-render-test-'));
  const folder = (name: string): string => path.join(root, name);
  const credentialsFile = path.join(folder('credentials'), 'minio_credentials.json');
  await Promise.all([mkdir(folder('worker')), mkdir(folder('credentials'))]);
  await cp(schemas, folder('json_schemas'), { recursive: true });
  await writeCredentials(credentialsFile, credentials);
  return {
    cwd: folder('worker'),
    schemas: folder('json_schemas'),
    credentialsFile,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** Writes the file as an operator does, readable by its owner only. */
export async function writeCredentials(file: string, credentials: StorageCredentials): Promise<void> {
  const { url, accessKey, secretKey, caFile } = credentials;
  await writeFile(file, JSON.stringify({ url, accessKey, secretKey: secret(secretKey), caFile }), { mode: 0o600 });
}
