import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MinioClient, readMinioCredentials, type MinioCredentials } from 'kafka-runner';
import { finding, ok, warning, wrong, type Finding } from './finding.ts';

/** S3 refuses signatures that are a quarter of an hour off; a minute already confuses whoever compares logs. */
const [clockWarningSeconds, clockLimitSeconds] = [60, 900];

export async function checkStorage(credentialsFile: string, bucket: string): Promise<readonly Finding[]> {
  let credentials: MinioCredentials | undefined;
  const read = await finding('credentials', async () => {
    let open: string | undefined;
    credentials = await readMinioCredentials(credentialsFile, (said) => (open = said));
    if (open !== undefined) return warning('credentials', open, 'let only its owner read it');
    return ok('credentials', `${credentialsFile} is for ${credentials.url}`);
  });
  if (credentials === undefined) return read;
  using storage = new MinioClient(credentials);
  return [...read, ...(await finding('storage', () => checkBucket(storage, bucket)))];
}

async function checkBucket(storage: MinioClient, bucket: string): Promise<readonly Finding[]> {
  if (!(await storage.bucketExists(bucket))) {
    const advice = `the first submit makes it; another one is named with --bucket`;
    return [warning('storage', `${storage.url} answers, and has no bucket ${bucket} yet`, advice)];
  }
  const seconds = await probe(storage, bucket);
  return [ok('storage', `${storage.url}: written, read and deleted a probe in bucket ${bucket}`), clock(seconds)];
}

/** Resolves to how far this machine's clock is ahead of the storage's, to a second or so. */
async function probe(storage: MinioClient, bucket: string): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kafka-renderctl-'));
  const [file, copy] = [path.join(folder, 'probe'), path.join(folder, 'copy')];
  const key = `.kafka-renderctl-doctor/${randomUUID()}`;
  try {
    await writeFile(file, key);
    const before = Date.now();
    await storage.uploadFile(bucket, key, file);
    const here = (before + Date.now()) / 2;
    const { lastModified } = await storage.headObject(bucket, key);
    await storage.downloadFile(bucket, key, copy);
    if ((await readFile(copy, 'utf8')) !== key)
      throw new Error(`storage gave back another object than ${bucket}/${key}`);
    return (here - lastModified.getTime()) / 1_000;
  } finally {
    await storage.deleteObject(bucket, key);
    await rm(folder, { recursive: true, force: true });
  }
}

export function clock(secondsAhead: number): Finding {
  const off = Math.abs(secondsAhead);
  const found = `this machine is ${off.toFixed(0)} s ${secondsAhead < 0 ? 'behind' : 'ahead of'} the storage`;
  const advice = 'set the clocks of both by NTP';
  if (off >= clockLimitSeconds) return wrong('clock', found, advice);
  return off >= clockWarningSeconds ? warning('clock', found, advice) : ok('clock', found);
}
