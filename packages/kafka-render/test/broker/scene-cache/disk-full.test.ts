// The disk of the scenes is smaller than the cache may grow. Expected: scenes that nobody uses make room; when that is not
// enough the job is kept (disk-full), nothing half done stays, and the next job works.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { newFolder } from '../../../../kafka-runner/test/broker/storage/storage-under-test.ts';
import { setUp } from './cache-under-test.ts';

/** The small disk is mounted in a name space of the child's own, which needs no rights and ends with it. */
const MOUNT_AND_RUN = 'mount -t tmpfs -o size=4m none "$0" && exec "$@"';

test('a full disk', { timeout: 60_000 }, async (t) => {
  const { bucket, putScene } = await setUp(t);
  await putScene('small', 2_000_000);
  await putScene('other', 2_500_000);
  await putScene('large', 6_000_000);
  const disk = await newFolder(t);
  const script = join(import.meta.dirname, 'worker-on-a-small-disk.ts');
  const worker = [process.execPath, '--conditions=kafka-runner-source', script, disk, bucket];
  const namespaces = ['--user', '--map-root-user', '--mount'];
  const child = spawn('unshare', [...namespaces, 'sh', '-c', MOUNT_AND_RUN, disk, ...worker], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0);
});
