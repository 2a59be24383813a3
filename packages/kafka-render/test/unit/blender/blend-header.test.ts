import assert from 'node:assert/strict';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { RejectedError } from 'kafka-runner';
import { checkBlendFile, parseBlendHeader } from '../../../src/blender/blend-header.ts';
import { blendBytes, zstdLikeBlender } from './blend-bytes.ts';

async function check(t: TestContext, bytes: Buffer, blender = { major: 3, minor: 4 }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'blend-header-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'scene.blend');
  await writeFile(file, bytes);
  try {
    await checkBlendFile(file, blender);
    return 'good';
  } catch (error) {
    assert.ok(error instanceof RejectedError, String(error));
    return error.code;
  }
}

const good: Readonly<Record<string, Buffer>> = {
  'of 64 bits': blendBytes('BLENDER-v304'),
  'of 32 bits': blendBytes('BLENDER_v279'),
  'of a big-endian machine': blendBytes('BLENDER-V279'),
  'compressed with gzip': gzipSync(blendBytes('BLENDER-v283')),
  'compressed with zstd': zstdLikeBlender(blendBytes('BLENDER-v304')),
};

for (const [name, bytes] of Object.entries(good)) {
  test(`a file ${name}: whole, it is good; cut off anywhere, it is not`, async (t) => {
    assert.equal(await check(t, bytes), 'good');
    const lengths = [...Array.from({ length: 40 }, (_, at) => Math.floor((bytes.length * at) / 40)), bytes.length - 1];
    for (const length of lengths) {
      const code = await check(t, bytes.subarray(0, length));
      assert.equal(code, length < 12 ? 'not-a-blend' : 'blend-truncated', `${length} bytes`);
    }
  });
}

test('the header of 5.0, with large block heads', async (t) => {
  const bytes = blendBytes('BLENDER17-01v0500');
  assert.equal(await check(t, bytes, { major: 5, minor: 0 }), 'good');
  assert.equal(await check(t, bytes.subarray(0, -1), { major: 5, minor: 0 }), 'blend-truncated');
  assert.equal(await check(t, bytes, { major: 4, minor: 5 }), 'blend-too-new');
});

test('what each header says', () => {
  const versions = ['BLENDER-v304', 'BLENDER_v283', 'BLENDER-v402', 'BLENDER17-01v0501'].map((text) => {
    const header = parseBlendHeader(Buffer.from(text));
    return `${header?.major}.${header?.minor}`;
  });
  assert.deepEqual(versions, ['3.4', '2.83', '4.2', '5.1']);
});

const newer: readonly [string, string][] = [
  ['BLENDER-v303', 'good'],
  ['BLENDER-v293', 'good'],
  ['BLENDER-v305', 'blend-too-new'],
  ['BLENDER-v400', 'blend-too-new'],
];
for (const [header, verdict] of newer) {
  test(`${header} under Blender 3.4: ${verdict}`, async (t) => {
    assert.equal(await check(t, blendBytes(header)), verdict);
  });
}

test('what is not a .blend', async (t) => {
  const others = ['', 'BLENDER', 'blender-v304 and more', 'PK\u0003\u0004 an archive of some sort', 'BLENDER=v304....'];
  for (const text of others) {
    assert.equal(await check(t, Buffer.from(text)), 'not-a-blend', text);
  }
  assert.equal(await check(t, gzipSync(Buffer.from('hello, hello, hello'))), 'not-a-blend');
  assert.equal(await check(t, zstdLikeBlender(Buffer.from('hello, hello, hello'))), 'not-a-blend');
});

test('a block that claims a negative length', async (t) => {
  const bytes = blendBytes('BLENDER-v304');
  bytes.writeInt32LE(-24, 16);
  assert.equal(await check(t, bytes), 'blend-truncated');
});

test('something that is no block, and blocks that nothing describes', async (t) => {
  const bytes = blendBytes('BLENDER-v304');
  const zeros = Buffer.from(bytes).fill(0, 12 + 24, 12 + 24 + 100);
  const undescribed = Buffer.from(bytes.toString('latin1').replace('SDNANAME', 'SDNAXXXX'), 'latin1');
  const withoutIt = Buffer.from(bytes.toString('latin1').replace('DNA1', 'DATA'), 'latin1');
  for (const damaged of [zeros, undescribed, withoutIt]) assert.equal(await check(t, damaged), 'blend-truncated');
});

test('blocks are skipped, not read: 8 GB take no time', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'blend-header-'));
  t.after(() => rm(folder, { recursive: true }));
  await using file = await open(join(folder, 'sparse.blend'), 'w');
  const bytes = blendBytes('BLENDER-v304');
  const length = 2_000_000_000;
  const block = Buffer.alloc(24, 'DATA');
  block.writeInt32LE(length, 4);
  await file.write(bytes, 0, 12, 0);
  for (let at = 0; at < 4; at += 1) {
    await file.write(block, 0, 24, 12 + at * (24 + length));
  }
  const end = bytes.indexOf('DNA1');
  await file.write(bytes, end, bytes.length - end, 12 + 4 * (24 + length));
  const started = performance.now();
  await checkBlendFile(join(folder, 'sparse.blend'), { major: 3, minor: 4 });
  assert.ok(performance.now() - started < 500);
});
