// The disk of the scenes is smaller than the cache may grow. Expected: scenes that nobody uses make room; when that is not
// enough the job is kept (disk-full), nothing half done stays, and the next job works.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { UnavailableError } from 'kafka-runner';
import { newFolder } from '../../../../kafka-runner/test/broker/storage/storage-under-test.ts';
import { isEntryName } from '../../../src/scene-cache/entry-name.ts';
import { SceneCache } from '../../../src/scene-cache.ts';
import { ALWAYS, setUp } from './cache-under-test.ts';

test('a full disk', { skip: process.getuid?.() !== 0 && 'only root may mount a small disk' }, async (t) => {
  const { client, bucket, putScene, at } = await setUp(t);
  const disk = await newFolder(t);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', disk]);
  using _mount = { [Symbol.dispose]: () => execFileSync('umount', [disk]) };
  const folder = join(disk, 'scenes');
  await using cache = new SceneCache({ folder, maxBytes: 1e9, storage: client });
  await putScene('small', 2_000_000);
  await putScene('other', 2_500_000);
  await putScene('large', 6_000_000);
  await (await cache.stage(at('small'), ALWAYS)).release();
  const other = await cache.stage(at('other'), ALWAYS);
  assert.deepEqual((await readdir(folder)).filter(isEntryName).map((name) => name.slice(33)), ['other']);

  await assert.rejects(cache.stage(at('large'), ALWAYS), (error) => {
    assert.ok(error instanceof UnavailableError);
    assert.equal(error.code, 'disk-full');
    assert.ok(error.message.includes(`${bucket}/large`), error.message);
    return true;
  });
  assert.deepEqual((await readdir(folder)).filter(isEntryName).length, 1);
  await other.release();
  await writeFile(join(disk, 'filler'), Buffer.alloc(1_000_000));
  await (await cache.stage(at('small'), ALWAYS)).release();
});
