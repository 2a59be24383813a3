import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkExr } from '../../../src/frames/formats/exr/check-exr.ts';
import type { PictureSize } from '../../../src/frames/picture-size.ts';
import { exrBytes } from './exr-bytes.ts';

async function check(t: TestContext, bytes: Buffer): Promise<PictureSize> {
  const folder = await mkdtemp(join(tmpdir(), 'exr-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'a.exr'), bytes);
  return checkExr(join(folder, 'a.exr'));
}

const files = {
  plain: exrBytes({ width: 31, height: 20 }),
  'of three parts': exrBytes({ width: 31, height: 20, parts: 3 }),
  'with ZIP': exrBytes({ width: 31, height: 20, zip: true }),
  'with ZIP, of two parts': exrBytes({ width: 31, height: 20, zip: true, parts: 2 }),
};

for (const [name, bytes] of Object.entries(files)) {
  test(`a file ${name}: whole, it is good; cut off anywhere, it is not`, async (t) => {
    assert.deepEqual(await check(t, bytes), { width: 31, height: 20 });
    for (let cut = 0; cut < 60; cut += 1) {
      const length = cut < 10 ? bytes.length - 1 - cut : Math.floor((bytes.length * (cut - 10)) / 50);
      await assert.rejects(check(t, bytes.subarray(0, length)), Error, `${length} of ${bytes.length} bytes`);
    }
  });
}

test('an offset table that was never filled in', async (t) => {
  const bytes = Buffer.from(files.plain);
  const chunks = 20 * (8 + 31 * 4);
  bytes.fill(0, bytes.length - chunks - 160, bytes.length - chunks);
  await assert.rejects(check(t, bytes), /not at its place/);
});

test('compressed data with a wrong byte', async (t) => {
  const bytes = Buffer.from(files['with ZIP']);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 0xff, bytes.length - 1);
  await assert.rejects(check(t, bytes), /incorrect data check/);
});

test('a header that asks for more memory than there is', async (t) => {
  const bytes = exrBytes({ width: 31, height: 20 });
  bytes.writeInt32LE(2 ** 31 - 1, bytes.indexOf('box2i') + 6 + 4 + 12);
  await assert.rejects(check(t, bytes), /the file has \d+ bytes/);
});

test('files of other kinds', async (t) => {
  await assert.rejects(check(t, Buffer.from('PNG, or something like it')), /not OpenEXR/);
  const deep = Buffer.from(files.plain);
  deep.writeInt32LE(2 | 0x800, 4);
  await assert.rejects(check(t, deep), /not supported/);
});
