import process from 'node:process';
import { kafkaAt } from './kafka-admin.ts';
import type { LabKafka } from './kafka-admin.ts';
import { startLab } from './lab.ts';
import type { MinioAddress } from './minio.ts';
import { secret } from './secrets.ts';

/** A lab that several test files may use at the same time: nobody stops or starts its parts. */
export interface SharedLab extends AsyncDisposable {
  readonly folder: string;
  readonly kafka: LabKafka;
  readonly minio: MinioAddress;
}

/** The environment variable by which `with-lab.ts` tells the processes below it of its lab. */
export const sharedLabVariable = 'KAFKA_RENDER_LAB';

/** The text for that variable. */
export function describeLab({ folder, kafka, minio }: Omit<SharedLab, keyof AsyncDisposable>): string {
  const { url, accessKey, secretKey, credentialsFile } = minio;
  const description: LabDescription = {
    folder,
    bootstrapServers: kafka.bootstrapServers,
    minio: { url, accessKey, secretKey, credentialsFile },
  };
  return JSON.stringify(description);
}

interface LabDescription {
  readonly folder: string;
  readonly bootstrapServers: readonly string[];
  readonly minio: MinioAddress;
}

let ownLab: Promise<SharedLab> | undefined;

/**
 * The lab that this process was given by `with-lab.ts`; without one, a lab of its own, which ends with the process (or
 * when it is disposed of). Called again it returns the same one.
 */
export async function sharedLab(): Promise<SharedLab> {
  const description = process.env[sharedLabVariable];
  if (description === undefined) return (ownLab ??= startLab());
  const { folder, bootstrapServers, minio } = JSON.parse(description) as LabDescription;
  secret(minio.secretKey);
  return { folder, kafka: kafkaAt(bootstrapServers), minio, [Symbol.asyncDispose]: async () => {} };
}
