// Expected: a small file that unpacks to ever more takes neither memory nor, once its job has to end, time.
import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { test, type TestContext } from 'node:test';
import { createGzip, createZstdCompress } from 'node:zlib';
import { checkBlendFile } from '../../../src/blender/blend-header.ts';

const mebibyte = 1_024 ** 2;
const blender = { major: 3, minor: 4 };

/** `piece` over and over, a gibibyte, behind the header of a scene. */
async function bomb(t: TestContext, compress: typeof createGzip | typeof createZstdCompress, piece: Buffer) {
  const folder = await mkdtemp(path.join(tmpdir(), 'bomb-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'bomb.blend');
  const pieces = function* () {
    yield Buffer.from('BLENDER-v304');
    for (let bytes = 0; bytes < 1_024 * mebibyte; bytes += piece.length) yield piece;
  };
  await pipeline(pieces, compress(), createWriteStream(file));
  assert.ok((await stat(file)).size < 8 * mebibyte);
  return file;
}

/** The head of a block of 2 GiB, and what it holds. */
const large = Buffer.alloc(mebibyte);
large.write('DATA');
large.writeInt32LE(2 ** 31 - 1, 4);

for (const [name, compress] of Object.entries({ gzip: createGzip, zstd: createZstdCompress })) {
  test(`${name}: no memory`, { timeout: 60_000 }, async (t) => {
    const file = await bomb(t, compress, large);
    const before = process.memoryUsage.rss();
    await assert.rejects(checkBlendFile(file, blender), { code: 'blend-truncated' });
    assert.ok(process.memoryUsage.rss() - before < 200 * mebibyte);
  });
}

test('blocks without number: ended with the job', { timeout: 60_000 }, async (t) => {
  const empty = Buffer.alloc(24 * 40_000);
  for (let at = 0; at < empty.length; at += 24) empty.write('DATA', at);
  const file = await bomb(t, createGzip, empty);
  const startedMs = performance.now();
  await assert.rejects(checkBlendFile(file, blender, AbortSignal.timeout(200)), { name: 'TimeoutError' });
  assert.ok(performance.now() - startedMs < 3_000, 'at once');
});
