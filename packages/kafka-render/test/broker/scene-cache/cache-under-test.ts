import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { MinioClient, ObjectPath } from 'kafka-runner';
import { clientFor, newBucket, newFolder } from '../../../../kafka-runner/test/broker/storage/storage-under-test.ts';
import { SceneCache, type SceneCacheOptions } from '../../../src/scene-cache.ts';

/** Never aborted. */
export const ALWAYS = new AbortController().signal;

/** A cache on the lab's MinIO that counts what it fetches, in a folder of the test's own, with a bucket for scenes. */
export async function setUp(t: TestContext, options: Partial<SceneCacheOptions> = {}) {
  const client = await clientFor(t);
  const storage = counting(client);
  const folder = join(await newFolder(t), 'scenes');
  const cache = new SceneCache({ folder, maxBytes: 10_000_000, storage, ...options });
  t.after(() => cache[Symbol.asyncDispose]());
  const bucket = await newBucket(client);
  /** Writes a scene, or replaces it, and returns its content. */
  const putScene = async (key: string, bytes = 1000, into = bucket): Promise<Buffer> => {
    const content = randomBytes(bytes);
    const file = join(await newFolder(t), 'x');
    await writeFile(file, content);
    await client.uploadFile(into, key, file);
    return content;
  };
  const at = (key: string): ObjectPath => ({ bucket, key });
  return { client, storage, folder, cache, bucket, putScene, at };
}

/** The real client, with a count of the downloads that were begun. */
export function counting(client: MinioClient): SceneCacheOptions['storage'] & { downloads: number } {
  const counted = {
    downloads: 0,
    headObject: client.headObject.bind(client),
    listObjects: client.listObjects.bind(client),
    downloadFile: (async (...call: Parameters<MinioClient['downloadFile']>) => {
      counted.downloads += 1;
      return client.downloadFile(...call);
    }) as MinioClient['downloadFile'],
  };
  return counted;
}
