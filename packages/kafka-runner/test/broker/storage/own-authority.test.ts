// Expected: a storage with TLS is trusted by the authority that the credentials file names; without it, or with another one, the
// error says that the certificate is at fault.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { makeCertificates } from '../../../../../lab/certificates.ts';
import { startLab } from '../../../../../lab/lab.ts';
import { readMinioCredentials } from '../../../src/storage/credentials.ts';
import { MinioClient } from '../../../src/storage/minio-client.ts';
import { StorageUnavailableError } from '../../../src/storage/storage-errors.ts';
import { newFolder } from './storage-under-test.ts';

test('TLS with an authority of its own', { timeout: 60_000 }, async (t) => {
  await using certificates = await makeCertificates();
  await using lab = await startLab({ kafka: false, minio: { certificates } });
  const { url, accessKey, secretKey, credentialsFile } = lab.minio;
  assert.match(url, /^https:/);
  using trusting = new MinioClient(await readMinioCredentials(credentialsFile));
  assert.deepEqual(await trusting.listBuckets(), []);

  const file = path.join(await newFolder(t), 'credentials.json');
  for (const caFile of [undefined, path.relative(path.dirname(file), certificates.otherCaFile)]) {
    await writeFile(file, JSON.stringify({ url, accessKey, secretKey, caFile }), { mode: 0o600 });
    using client = new MinioClient(await readMinioCredentials(file), { maxAttempts: 1 });
    await assert.rejects(client.listBuckets(), (error: Error) => {
      assert.ok(error instanceof StorageUnavailableError);
      assert.match(error.message, /certificate/);
      assert.ok(!error.message.includes(secretKey));
      return true;
    });
  }
});
