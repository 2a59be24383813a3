import { S3Client } from '@aws-sdk/client-s3';
import type { MinioCredentials } from './credentials.ts';

/** How the client behaves on the network; everything has a default. */
export interface StorageSettings {
  /** Default: that of the credentials. */
  readonly region?: string;
  /** Default: 5000. */
  readonly connectTimeoutMs?: number;
  /** A connection on which nothing moves for so long is given up, however large the object. Default: 30000. */
  readonly idleTimeoutMs?: number;
  /** How often a request, or the transfer of one object, is tried in all, with growing pauses. Default: 5. */
  readonly maxAttempts?: number;
}

export const DEFAULT_MAX_ATTEMPTS = 5;

/**
 * The SDK's client, set for any S3-compatible server: paths instead of host names for buckets, and checksums only
 * where S3 demands them, since older MinIO, B2, R2 and others refuse the headers that the SDK adds by default.
 */
export function createS3Client(credentials: MinioCredentials, settings: StorageSettings): S3Client {
  return new S3Client({
    endpoint: credentials.url,
    region: settings.region ?? credentials.region ?? 'us-east-1',
    credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    retryMode: 'standard',
    maxAttempts: settings.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: settings.connectTimeoutMs ?? 5_000,
      socketTimeout: settings.idleTimeoutMs ?? 30_000,
      ...(credentials.ca !== undefined && { httpsAgent: { ca: credentials.ca } }),
    },
  });
}

/** The options of the SDK's `send` that end a request with `signal`. */
export function sendOptions(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}
