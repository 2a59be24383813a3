import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoSuchKeyError, RejectedError, type ObjectHead, type ObjectInfo } from 'kafka-runner';
import { findAssets, type AssetQuery } from '../../../src/scene-cache/find-assets.ts';

const signal = new AbortController().signal;
const about = { etag: '"e"', size: 10, lastModified: new Date(0) };

/** Says what it was asked for. */
function storageWith(keys: readonly string[]) {
  const asked: string[] = [];
  const storage: AssetQuery['storage'] = {
    headObject: async (_, key): Promise<ObjectHead> => {
      asked.push(key);
      if (!keys.includes(key)) throw new NoSuchKeyError({ url: 'http://store', bucket: 'b', key });
      return { key, ...about, contentType: undefined, metadata: {} };
    },
    listObjects: async function* (_, prefix): AsyncGenerator<ObjectInfo> {
      asked.push(`${prefix}*`);
      for (const key of keys) if (key.startsWith(prefix)) yield { key, ...about };
    },
  };
  return { storage, asked };
}

async function found(names: readonly string[], keys: readonly string[], key = 'film/shot.blend', maxBytes = 1e9) {
  const { storage, asked } = storageWith(keys);
  const { there, absent } = await findAssets(names, { storage, scene: { bucket: 'b', key }, maxBytes, signal });
  return { there: there.map((each) => `${each.name} = ${each.key}`), absent: absent.map(({ name }) => name), asked };
}

test('below the folder of the scene, each once, sorted', async () => {
  const all = await found(['wood/oak.png', 'a.ttf', 'wood/oak.png', 'gone.png'], ['film/wood/oak.png', 'film/a.ttf']);
  assert.deepEqual(all.there, ['a.ttf = film/a.ttf', 'wood/oak.png = film/wood/oak.png']);
  assert.deepEqual(all.absent, ['gone.png']);
  const atTop = await found(['wood/oak.png'], ['wood/oak.png'], 'shot.blend');
  assert.deepEqual(atTop.there, ['wood/oak.png = wood/oak.png']);
});

test('what begins with a name', async () => {
  const keys = [
    'film/cache/',
    'film/cache/1.bphys',
    'film/cache/a//b',
    'film/cache/../x',
    'film/cached',
    'film/shot.blend',
  ];
  assert.deepEqual((await found(['cache/*'], keys)).there, ['cache/1.bphys = film/cache/1.bphys']);
  assert.deepEqual((await found(['cach*'], keys)).there, [
    'cache/1.bphys = film/cache/1.bphys',
    'cached = film/cached',
  ]);
  assert.deepEqual((await found(['none/*'], keys)).absent, ['none/*']);
});

test('what would lead elsewhere is not asked for', async () => {
  const names = [
    '../secret.png',
    '/etc/passwd',
    'a/../../secret.png',
    '',
    '.',
    'a\\b',
    'a\0b',
    'a\nb',
    '\ud800',
    'x'.repeat(300),
  ];
  const patterns = ['../*', '/*', 'a/../../*'];
  const { there, absent, asked } = await found(
    [...names, ...patterns, 'shot.blend'],
    ['secret.png', 'film/shot.blend'],
  );
  assert.deepEqual([there, asked], [[], []]);
  assert.equal(absent.length, names.length + patterns.length + 1);
});

test('no more than a job may use, in bytes or in files', async () => {
  const tooLarge = (error: unknown) => error instanceof RejectedError && error.code === 'assets-too-large';
  assert.equal((await found(['a', 'b'], ['film/a', 'film/b'], undefined, 20)).there.length, 2);
  await assert.rejects(found(['a', 'b'], ['film/a', 'film/b'], undefined, 19), tooLarge);
  const many = Array.from({ length: 20_001 }, (_, at) => `film/many/${at}`);
  await assert.rejects(found(['many/*'], many), tooLarge);
});
