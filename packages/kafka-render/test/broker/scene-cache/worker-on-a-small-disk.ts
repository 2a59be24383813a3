// Uses the scenes `small`, `other` and `large` (2, 2.5 and 6 MB) of BUCKET on the 4 MB disk DISK; exits 0 when all went as
// disk-full.test.ts says.
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MinioClient, UnavailableError } from 'kafka-runner';
import { sharedLab } from '../../../../../lab/shared-lab.ts';
import { isEntryName } from '../../../src/scene-cache/entry-name.ts';
import { SceneCache } from '../../../src/scene-cache.ts';
import { ALWAYS } from './cache-under-test.ts';

const [disk = '', bucket = ''] = process.argv.slice(2);
const folder = join(disk, 'scenes');
using storage = new MinioClient((await sharedLab()).minio);
await using cache = new SceneCache({ folder, maxBytes: 1e9, storage });

async function keptScenes(): Promise<string[]> {
  return (await readdir(folder)).filter(isEntryName).map((name) => name.slice(33));
}

await (await cache.stage({ bucket, key: 'small' }, ALWAYS)).release();
const other = await cache.stage({ bucket, key: 'other' }, ALWAYS);
assert.deepEqual(await keptScenes(), ['other'], 'small made room');

await assert.rejects(cache.stage({ bucket, key: 'large' }, ALWAYS), (error) => {
  assert.ok(error instanceof UnavailableError);
  assert.equal(error.code, 'disk-full');
  assert.ok(error.message.includes(`${bucket}/large`), error.message);
  return true;
});
assert.deepEqual(await keptScenes(), ['other'], 'what is in use stays, and half a scene is none');

await other.release();
await writeFile(join(disk, 'filler'), Buffer.alloc(1_000_000));
await (await cache.stage({ bucket, key: 'small' }, ALWAYS)).release();
assert.deepEqual(await keptScenes(), ['small']);
