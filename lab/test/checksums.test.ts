// Expected: what is installed has the checksums that the set-up checks; one changed byte is found, and named.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { kafkaFolder, minioFolder } from '../cache.ts';
import { checkChecksum, folderChecksum, goModuleChecksum } from '../setup/checksums.ts';
import { checksums } from '../versions.ts';

test('the parts of the lab', async () => {
  checkChecksum('Apache Kafka', folderChecksum(join(kafkaFolder(), 'jars')), checksums.kafkaJars);
  checkChecksum('MinIO', await goModuleChecksum(join(minioFolder(), 'minio')), checksums.minioModule);
});

test('something else in its place', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'checksums-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(join(kafkaFolder(), 'jars'), folder, { recursive: true });
  writeFileSync(join(folder, 'kafka-tools-4.2.1.jar'), 'x');
  assert.throws(() => checkChecksum('Apache Kafka', folderChecksum(folder), checksums.kafkaJars), /Kafka is not what/);
  assert.equal(await goModuleChecksum('/bin/sh'), undefined);
});
