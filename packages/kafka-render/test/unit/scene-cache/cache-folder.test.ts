import assert from 'node:assert/strict';
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { CacheFolder } from '../../../src/scene-cache/cache-folder.ts';
import { entryName, isEntryName } from '../../../src/scene-cache/entry-name.ts';

const nameOf = (scene: string): string => entryName({ bucket: 'scenes', key: scene }, '"1"');

async function setUp(t: TestContext, maxBytes: number) {
  const folder = await mkdtemp(join(tmpdir(), 'scene-cache-'));
  t.after(() => rm(folder, { recursive: true }));
  const jobs = join(folder, '.workers');
  await mkdir(jobs);
  const cache = new CacheFolder(folder, maxBytes);
  /** Brings a scene of `bytes` into the cache, as used `ageSeconds` ago. */
  const put = async (scene: string, bytes: number, ageSeconds = 0): Promise<void> => {
    await cache.reserve(bytes);
    const file = join(jobs, scene);
    await writeFile(file, Buffer.alloc(bytes, scene));
    await cache.add(file, nameOf(scene), bytes);
    cache.unreserve(bytes);
    await rm(file);
    const used = new Date(Date.now() - ageSeconds * 1000);
    await utimes(join(folder, nameOf(scene)), used, used);
  };
  const take = (scene: string, bytes: number): Promise<boolean> => cache.take(nameOf(scene), bytes, join(jobs, scene));
  /** The scenes kept, by their names. */
  const kept = async (): Promise<string[]> => {
    const names = (await readdir(folder)).filter(isEntryName);
    return names.map((name) => name.slice(33)).toSorted();
  };
  return { folder, jobs, cache, put, take, kept };
}

test('gives a job its own link to an entry, and says when there is none', async (t) => {
  const { jobs, folder, put, take } = await setUp(t, 1000);
  assert.equal(await take('a', 100), false);
  await put('a', 100);
  assert.equal(await take('a', 100), true);
  await rm(join(folder, nameOf('a')));
  assert.equal((await readFile(join(jobs, 'a'))).length, 100);
});

test('an entry of another size than the object is thrown away', async (t) => {
  const { folder, jobs, put, take, kept } = await setUp(t, 1000);
  await put('a', 100);
  await truncate(join(folder, nameOf('a')), 50);
  assert.equal(await take('a', 100), false);
  assert.deepEqual([await kept(), await readdir(jobs)], [[], []]);
});

test('the least recently used go first', async (t) => {
  const { jobs, put, take, kept } = await setUp(t, 1000);
  await put('a', 300, 30);
  await put('b', 300, 20);
  await put('c', 300, 10);
  await take('a', 300);
  await rm(join(jobs, 'a'));
  await put('d', 200);
  assert.deepEqual(await kept(), ['a', 'c', 'd']);
});

test('what is in use stays, also beyond the bound', async (t) => {
  const { jobs, cache, put, take, kept } = await setUp(t, 1000);
  for (const [scene, age] of [
    ['a', 30],
    ['b', 20],
    ['c', 10],
  ] as const)
    await put(scene, 300, age);
  for (const scene of ['a', 'b', 'c']) assert.ok(await take(scene, 300));
  assert.equal(await cache.reserve(200), false);
  cache.unreserve(200);
  // Later than the others, by more than a millisecond.
  await put('d', 200, -1);
  assert.deepEqual(await kept(), ['a', 'b', 'c', 'd']);
  await rm(join(jobs, 'b'));
  assert.equal(await cache.trim(), true);
  assert.deepEqual(await kept(), ['a', 'c', 'd']);
});

test('a scene larger than the whole cache empties it and is served all the same', async (t) => {
  const { cache, put, take, kept } = await setUp(t, 1000);
  await put('a', 500);
  await put('b', 5000);
  assert.deepEqual(await kept(), ['b']);
  assert.ok(await take('b', 5000));
  assert.equal(await cache.trim(), false);
});

test('scenes on their way count', async (t) => {
  const { cache, put, kept } = await setUp(t, 1000);
  await put('a', 400, 20);
  await put('b', 400, 10);
  const fits = await Promise.all([cache.reserve(150), cache.reserve(150), cache.reserve(150)]);
  assert.deepEqual(fits, [true, true, true]);
  assert.deepEqual(await kept(), ['b']);
});

test('a restart knows what is there; other files are left alone', async (t) => {
  const { folder, put, kept } = await setUp(t, 1000);
  for (const [scene, age] of [
    ['a', 30],
    ['b', 20],
    ['c', 10],
  ] as const)
    await put(scene, 300, age);
  await writeFile(join(folder, 'mine.blend'), Buffer.alloc(5000));
  const restarted = new CacheFolder(folder, 700);
  assert.equal(await restarted.trim(), true);
  assert.deepEqual(await kept(), ['b', 'c']);
  assert.equal((await stat(join(folder, 'mine.blend'))).size, 5000);
});

test('what other workers add is noticed in time', async (t) => {
  const { folder, jobs, cache, put, kept } = await setUp(t, 10_000);
  await put('mine', 10, 1000);
  await writeFile(join(jobs, 'x'), Buffer.alloc(9000));
  await link(join(jobs, 'x'), join(folder, nameOf('other')));
  await rm(join(jobs, 'x'));
  for (let index = 0; index < 33; index += 1) await put(`s${index}`, 50, 900 - index);
  assert.ok(!(await kept()).includes('mine'), 'the oldest went');
  assert.equal(await cache.trim(), true);
});

test('can be emptied, except for what is in use', async (t) => {
  const { cache, put, take, kept } = await setUp(t, 1000);
  await put('a', 100);
  await put('b', 100);
  await take('a', 100);
  await cache.clear();
  assert.deepEqual(await kept(), ['a']);
});
