import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { minioFolder } from './cache.ts';
import { freePort } from './free-port.ts';
import { secret } from './secrets.ts';
import { Service } from './service.ts';

/** Where a lab's MinIO is and how to get in; `credentialsFile` holds the first three as kafka-render reads them. */
export interface MinioAddress {
  readonly url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly credentialsFile: string;
}

/** A MinIO that has its port, its credentials and an empty data folder, and is ready to be started. */
export async function prepareMinio(labFolder: string): Promise<{ service: Service; address: MinioAddress }> {
  const address = `127.0.0.1:${await freePort()}`;
  const credentials = {
    url: `http://${address}`,
    accessKey: randomBytes(10).toString('hex'),
    secretKey: secret(randomBytes(20).toString('hex')),
  };
  const credentialsFile = join(labFolder, 'minio_credentials.json');
  writeFileSync(credentialsFile, JSON.stringify(credentials), { mode: 0o600 });
  const dataFolder = join(labFolder, 'minio');
  mkdirSync(dataFolder);
  const service = new Service({
    name: 'minio',
    labFolder,
    argv: [join(minioFolder(), 'minio'), 'server', '--quiet', '--address', address, dataFolder],
    env: {
      MINIO_ROOT_USER: credentials.accessKey,
      MINIO_ROOT_PASSWORD: credentials.secretKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
      // Its own settings and certificates are looked for in the home folder: not in that of the person at the machine.
      HOME: labFolder,
    },
    isReady: () => isHealthy(credentials.url),
  });
  return { service, address: { ...credentials, credentialsFile } };
}

/** MinIO's own check: whether it can take writes. */
async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/minio/health/cluster`, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
