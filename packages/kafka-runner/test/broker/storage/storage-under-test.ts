import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ListMultipartUploadsCommand, type MultipartUpload } from '@aws-sdk/client-s3';
import { sharedLab } from '../../../../../lab/shared-lab.ts';
import type { MinioCredentials } from '../../../src/storage/credentials.ts';
import { MinioClient } from '../../../src/storage/minio-client.ts';
import { createS3Client, type StorageSettings } from '../../../src/storage/s3-client.ts';

/** A client of the lab's MinIO, or of what `credentials` name, closed when the test ends. */
export async function clientFor(
  t: TestContext,
  credentials: Partial<MinioCredentials> = {},
  settings: StorageSettings = {},
): Promise<MinioClient> {
  const { url, accessKey, secretKey } = (await sharedLab()).minio;
  const client = new MinioClient({ url, accessKey, secretKey, ...credentials }, settings);
  t.after(() => client[Symbol.dispose]());
  return client;
}

/** A new bucket of this test's own. */
export async function newBucket(client: MinioClient): Promise<string> {
  const bucket = newName();
  await client.createBucket(bucket);
  return bucket;
}

/** Uploads in parts that nobody has ended or given up. MinIO tells only of those whose key one names. */
export async function unfinishedUploads(bucket: string, key: string): Promise<MultipartUpload[]> {
  const { url, accessKey, secretKey } = (await sharedLab()).minio;
  const s3 = createS3Client({ url, accessKey, secretKey }, {});
  try {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }));
    return Uploads;
  } finally {
    s3.destroy();
  }
}

/** A name that no other test uses. */
export function newName(): string {
  return `test-${randomBytes(8).toString('hex')}`;
}

/** An empty folder, removed when the test ends. */
export async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'storage-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
