import { NoSuchBucketError, type MinioClient, type ObjectPath, type UploadedObject } from 'kafka-runner';

/** Uploads every file of a job's folder under its own name; makes the bucket when it does not exist. */
export async function deliverFrames(
  storage: Pick<MinioClient, 'uploadDirectory' | 'createBucket'>,
  folder: string,
  output: ObjectPath,
  signal: AbortSignal,
): Promise<UploadedObject[]> {
  const upload = (): Promise<UploadedObject[]> =>
    storage.uploadDirectory(output.bucket, output.key, folder, { signal });
  try {
    return await upload();
  } catch (error) {
    // Asked only now: a worker that may write to a bucket need not have the right to look at it.
    if (!(error instanceof NoSuchBucketError)) throw error;
    await storage.createBucket(output.bucket, { signal });
    return await upload();
  }
}
