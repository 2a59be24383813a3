import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { minioFolder } from '../cache.ts';
import { checksums, versions } from '../versions.ts';
import { checkChecksum, goModuleChecksum } from './checksums.ts';
import { installFolder } from './install-folder.ts';
import { run } from './run.ts';
import type { Part } from './part.ts';

/** The MinIO server, built from its sources: no binary of it is published any more. */
export const minio: Part = {
  name: 'MinIO',
  find: async () => {
    const path = minioFolder();
    return existsSync(path) ? { version: versions.minio, path } : undefined;
  },
  announcement: `building MinIO ${versions.minio} with Go (two minutes and more)`,
  install: () => installFolder(minioFolder(), build),
};

/** Without debugging information: a quarter less to compile. */
async function build(folder: string): Promise<void> {
  const flags = ['-ldflags=-s -w', '-gcflags=all=-dwarf=false'];
  await run({
    argv: ['go', 'install', ...flags, `github.com/minio/minio@${versions.minio}`],
    env: { GOBIN: folder, CGO_ENABLED: '0' },
    log: 'minio',
  });
  checkChecksum('MinIO', await goModuleChecksum(join(folder, 'minio')), checksums.minioModule);
}
