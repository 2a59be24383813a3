import assert from 'node:assert/strict';
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError, RejectedError, StorageUnavailableError } from 'kafka-runner';
import { faultyNetwork } from '../../../../kafka-runner/test/faulty-network.ts';
import {
  clientFor,
  newBucket,
  newFolder,
  newName,
} from '../../../../kafka-runner/test/broker/storage/storage-under-test.ts';
import { isEntryName } from '../../../src/scene-cache/entry-name.ts';
import { SceneCache } from '../../../src/scene-cache.ts';
import { ALWAYS, counting, setUp } from './cache-under-test.ts';

const entriesOf = async (folder: string): Promise<string[]> => (await readdir(folder)).filter(isEntryName);

test('the second job on a scene fetches nothing, and gets the very file', async (t) => {
  const { cache, storage, putScene, at } = await setUp(t);
  const content = await putScene('a/my scene.blend');
  const first = await cache.stage(at('a/my scene.blend'), ALWAYS);
  assert.ok(isAbsolute(first.file));
  assert.equal(basename(first.file), 'my scene.blend');
  assert.deepEqual([first.fetched, first.size, await readFile(first.file)], [true, 1000, content]);
  await first.release();
  await first.release();

  const second = await cache.stage(at('a/my scene.blend'), ALWAYS);
  assert.deepEqual([second.fetched, second.etag, await readFile(second.file)], [false, first.etag, content]);
  assert.deepEqual([second.file, second.copy === first.copy], [first.file, true]);
  await second[Symbol.asyncDispose]();
  assert.equal(storage.downloads, 1);
  await cache[Symbol.asyncDispose]();
  await assert.rejects(access(second.file));
});

test('of scenes that nobody uses any more the last eight are held', async (t) => {
  const { cache, putScene, at } = await setUp(t);
  const files = [];
  for (let scene = 0; scene < 10; scene += 1) {
    await putScene(`${scene}.blend`);
    const staged = await cache.stage(at(`${scene}.blend`), ALWAYS);
    files.push(staged.file);
    await staged.release();
  }
  const isThere = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  assert.deepEqual(
    isThere,
    files.map((_, index) => index >= 2),
  );
});

test('two scenes of one file name never meet', async (t) => {
  const { cache, client, bucket, putScene, at } = await setUp(t);
  const other = await newBucket(client);
  const contents = [await putScene('a/x.blend'), await putScene('b/x.blend'), await putScene('a/x.blend', 1000, other)];
  const paths = [at('a/x.blend'), at('b/x.blend'), { bucket: other, key: 'a/x.blend' }];
  assert.notEqual(bucket, other);
  for (const _ of ['fetched', 'kept']) {
    const scenes = await Promise.all(paths.map((path) => cache.stage(path, ALWAYS)));
    for (const [index, scene] of scenes.entries()) assert.deepEqual(await readFile(scene.file), contents[index]);
    await Promise.all(scenes.map((scene) => scene.release()));
  }
});

test('a replaced scene is fetched again, while the old one is still in use', async (t) => {
  const { cache, storage, putScene, at } = await setUp(t);
  const before = await putScene('x.blend');
  const old = await cache.stage(at('x.blend'), ALWAYS);
  const after = await putScene('x.blend', 500);
  const fresh = await cache.stage(at('x.blend'), ALWAYS);
  assert.deepEqual([fresh.fetched, fresh.size, storage.downloads], [true, 500, 2]);
  assert.deepEqual([await readFile(old.file), await readFile(fresh.file)], [before, after]);
});

test('a scene replaced between HEAD and GET is what it is by then', async (t) => {
  const { client, putScene, at } = await setUp(t);
  await putScene('x.blend');
  const storage = counting(client);
  let replaced: Buffer | undefined;
  const racing = {
    ...storage,
    headObject: (async (...call: Parameters<typeof client.headObject>) => {
      const head = await client.headObject(...call);
      replaced ??= await putScene('x.blend', 700);
      return head;
    }) as typeof client.headObject,
  };
  const cache = new SceneCache({ folder: join(await newFolder(t), 'scenes'), maxBytes: 1e6, storage: racing });
  const scene = await cache.stage(at('x.blend'), ALWAYS);
  const { etag } = await client.headObject(at('x.blend').bucket, 'x.blend');
  assert.deepEqual([scene.etag, scene.size, await readFile(scene.file)], [etag, 700, replaced]);
  await scene.release();
  const again = await cache.stage(at('x.blend'), ALWAYS);
  assert.deepEqual([again.fetched, await readFile(again.file)], [false, replaced]);
  await again.release();
  await cache[Symbol.asyncDispose]();
});

test('concurrent jobs share one download', async (t) => {
  const { cache, storage, folder, putScene, at } = await setUp(t);
  const content = await putScene('x.blend', 3_000_000);
  const scenes = await Promise.all(Array.from({ length: 8 }, () => cache.stage(at('x.blend'), ALWAYS)));
  assert.equal(storage.downloads, 1);
  assert.equal(new Set(scenes.map(({ file }) => file)).size, 1, 'and one file');
  for (const scene of scenes) assert.ok(content.equals(await readFile(scene.file)));
  await scenes.pop()?.release();
  for (const scene of scenes) await access(scene.file);
  assert.equal((await entriesOf(folder)).length, 1);
});

test('a cancelled job does not take the download of another with it', async (t) => {
  const { client, putScene, at } = await setUp(t);
  const content = await putScene('x.blend', 2_000_000);
  const network = await faultyNetwork(t, client.url, { kind: 'slow', afterBytes: 0 });
  const storage = counting(await clientFor(t, { url: network.url }));
  const folder = join(await newFolder(t), 'scenes');
  const cache = new SceneCache({ folder, maxBytes: 1e7, storage });
  const cancelled = new AbortController();
  const reason = new Error('revoked');
  const first = cache.stage(at('x.blend'), cancelled.signal);
  const second = cache.stage(at('x.blend'), ALWAYS);
  setTimeout(() => cancelled.abort(reason), 200);
  await assert.rejects(first, (error) => error === reason);
  const scene = await second;
  assert.deepEqual([storage.downloads, content.equals(await readFile(scene.file))], [1, true]);
  await scene.release();

  // With nobody left to wait, the download ends, and leaves nothing.
  await putScene('x.blend', 2_000_000);
  const alone = new AbortController();
  const third = cache.stage(at('x.blend'), alone.signal);
  setTimeout(() => alone.abort(reason), 200);
  await assert.rejects(third, (error) => error === reason);
  await cache[Symbol.asyncDispose]();
  assert.equal((await entriesOf(folder)).length, 1);
  assert.deepEqual(await readdir(join(folder, '.workers')), []);
});

test('stays within its bound, least recently used first, never one in use', async (t) => {
  const { cache, storage, folder, putScene, at } = await setUp(t, { maxBytes: 1_000_000 });
  for (const name of ['a', 'b', 'c']) {
    await putScene(name, 300_000);
    const scene = await cache.stage(at(name), ALWAYS);
    if (name !== 'a') await scene.release();
    await pause(10);
  }
  await putScene('d', 300_000);
  await (await cache.stage(at('d'), ALWAYS)).release();
  const kept = (await entriesOf(folder)).map((name) => name.slice(33)).toSorted();
  assert.deepEqual(kept, ['a', 'c', 'd'], 'a is in use, b was the oldest otherwise');
  const before = storage.downloads;
  await (await cache.stage(at('c'), ALWAYS)).release();
  assert.equal(storage.downloads, before);
  await (await cache.stage(at('b'), ALWAYS)).release();
  assert.equal(storage.downloads, before + 1);
});

test('a scene larger than the bound is rendered, with a warning when it has to stay', async (t) => {
  const warnings: string[] = [];
  const logger = { warn: (_: unknown, message: string) => void warnings.push(message) };
  const { cache, folder, putScene, at } = await setUp(t, { maxBytes: 1000, logger: logger as never });
  await putScene('large', 5000);
  const scene = await cache.stage(at('large'), ALWAYS);
  assert.equal((await readFile(scene.file)).length, 5000);
  assert.equal(warnings.length, 1);
  assert.equal((await entriesOf(folder)).length, 1);
  await scene.release();
  assert.equal((await entriesOf(folder)).length, 0);
});

test('survives a restart', async (t) => {
  const { cache, client, folder, putScene, at } = await setUp(t);
  const content = await putScene('x.blend');
  await (await cache.stage(at('x.blend'), ALWAYS)).release();
  await cache[Symbol.asyncDispose]();
  const storage = counting(client);
  await using restarted = new SceneCache({ folder, maxBytes: 1e6, storage });
  const scene = await restarted.stage(at('x.blend'), ALWAYS);
  assert.deepEqual([scene.fetched, storage.downloads, await readFile(scene.file)], [false, 0, content]);
});

test('scenes that cannot be found', async (t) => {
  const { cache, folder, at } = await setUp(t);
  for (const path of [at('a/missing.blend'), { bucket: newName(), key: 'x.blend' }]) {
    await assert.rejects(cache.stage(path, ALWAYS), (error) => {
      assert.ok(error instanceof RejectedError);
      assert.equal(error.code, 'scene-not-found');
      assert.ok(error.message.includes(`${path.bucket}/${path.key}`));
      return true;
    });
  }
  await assert.rejects(readdir(folder), 'nothing was made for them');
});

test('a store that is away is not the fault of the job', async (t) => {
  const { at } = await setUp(t);
  const storage = await clientFor(t, { url: 'http://127.0.0.1:9' }, { maxAttempts: 1 });
  const cache = new SceneCache({ folder: join(await newFolder(t), 'scenes'), maxBytes: 1e6, storage });
  await assert.rejects(cache.stage(at('x.blend'), ALWAYS), StorageUnavailableError);
});

test('odd names', async (t) => {
  const { cache, putScene, at } = await setUp(t);
  for (const key of ['--python', '100%.blend', '%2e%2e/x y.blend', 'ü/日本.blend', `a/${'n'.repeat(249)}.blend`]) {
    const content = await putScene(key);
    await using scene = await cache.stage(at(key), ALWAYS);
    assert.deepEqual(await readFile(scene.file), content);
    assert.ok(basename(scene.file).endsWith(basename(key).slice(-100)));
    assert.ok(!basename(scene.file).startsWith('-'));
  }
});

test('a folder that cannot be used is found at the start', async (t) => {
  const { storage } = await setUp(t);
  const file = join(await newFolder(t), 'file');
  await writeFile(file, '');
  const cache = new SceneCache({ folder: join(file, 'scenes'), maxBytes: 1e6, storage });
  await assert.rejects(cache.prepare(), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.ok(error.message.includes(resolve(file)));
    return true;
  });
  await rm(file);
  await mkdir(file);
  await cache.prepare();
  await cache[Symbol.asyncDispose]();
});
