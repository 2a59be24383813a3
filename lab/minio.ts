import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { minioFolder } from './cache.ts';
import type { Certificates } from './certificates.ts';
import { freePort } from './free-port.ts';
import { secret } from './secrets.ts';
import { Service } from './service.ts';

/** Where a lab's MinIO is and how to get in; `credentialsFile` holds the first three as kafka-render reads them. */
export interface MinioAddress {
  readonly url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Of one that speaks TLS. */
  readonly caFile?: string;
  readonly credentialsFile: string;
}

/** How a lab's MinIO differs from the usual one. */
export interface MinioSettings {
  /** It speaks TLS. */
  readonly certificates?: Pick<Certificates, 'caFile' | 'serverCertificateFile' | 'serverKeyFile'>;
}

/** A MinIO that has its port, its credentials and an empty data folder, and is ready to be started. */
export async function prepareMinio(
  labFolder: string,
  { certificates }: MinioSettings,
): Promise<{ service: Service; address: MinioAddress }> {
  const address = `127.0.0.1:${await freePort()}`;
  const credentials = {
    url: `${certificates ? 'https' : 'http'}://${address}`,
    accessKey: randomBytes(10).toString('hex'),
    secretKey: secret(randomBytes(20).toString('hex')),
  };
  const credentialsFile = join(labFolder, 'minio_credentials.json');
  const trusted = certificates && { caFile: certificates.caFile };
  writeFileSync(credentialsFile, JSON.stringify({ ...credentials, ...trusted }), { mode: 0o600 });
  const dataFolder = join(labFolder, 'minio');
  mkdirSync(dataFolder);
  const service = new Service({
    name: 'minio',
    labFolder,
    argv: [
      join(minioFolder(), 'minio'),
      'server',
      '--quiet',
      '--address',
      address,
      ...tls(labFolder, certificates),
      dataFolder,
    ],
    env: {
      MINIO_ROOT_USER: credentials.accessKey,
      MINIO_ROOT_PASSWORD: credentials.secretKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
      // Its own settings and certificates are looked for in the home folder: not in that of the person at the machine.
      HOME: labFolder,
    },
    isReady: () => isHealthy(credentials.url, certificates?.caFile),
  });
  return { service, address: { ...credentials, ...trusted, credentialsFile } };
}

/** It wants its key and certificate under these names. */
function tls(labFolder: string, certificates: MinioSettings['certificates']): string[] {
  if (!certificates) return [];
  const folder = join(labFolder, 'minio-certificates');
  mkdirSync(folder);
  copyFileSync(certificates.serverCertificateFile, join(folder, 'public.crt'));
  copyFileSync(certificates.serverKeyFile, join(folder, 'private.key'));
  return ['--certs-dir', folder];
}

/** MinIO's own check: whether it can take writes. */
async function isHealthy(url: string, caFile: string | undefined): Promise<boolean> {
  const get = caFile === undefined ? http.get : https.get;
  const options = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  try {
    const request = get(`${url}/minio/health/cluster`, { ...options, timeout: 2_000 });
    request.once('timeout', () => request.destroy());
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    return response.statusCode === 200;
  } catch {
    return false;
  }
}
