import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { checkPicture } from '../../../src/frames/check-picture.ts';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'pictures-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

/** Something that does not compress away. */
function noise(width: number, height: number): Sharp {
  const pixels = Buffer.from(Array.from({ length: width * height * 3 }, (_, at) => (at * at * 31 + at * 7) & 255));
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

const pictures: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  'a.png': (picture) => picture.png(),
  'sixteen-bits.png': (picture) => picture.toColourspace('rgb16').png(),
  'a.jpg': (picture) => picture.jpeg(),
  'a.tif': (picture) => picture.tiff({ compression: 'lzw' }),
  'plain.tif': (picture) => picture.tiff({ compression: 'none' }),
  'a.webp': (picture) => picture.webp(),
  'lossless.webp': (picture) => picture.webp({ lossless: true }),
};

for (const [name, encode] of Object.entries(pictures)) {
  for (const [width, height] of [
    [61, 47],
    [1100, 1000],
  ] as const) {
    test(`${name}, ${width} x ${height}: whole, it is good; cut off anywhere, it is not`, async (t) => {
      const file = join(await folder(t), name);
      await encode(noise(width, height)).toFile(file);
      assert.deepEqual(await checkPicture(file), { width, height });
      const bytes = await readFile(file);
      const cuts = width < 100 ? 50 : 5;
      for (let cut = 0; cut < cuts * 2; cut += 1) {
        const length = cut < cuts ? bytes.length - 1 - cut : Math.floor((bytes.length * (cut - cuts)) / cuts);
        await writeFile(file, bytes.subarray(0, length));
        await assert.rejects(checkPicture(file), Error, `${length} of ${bytes.length} bytes`);
      }
    });
  }
}

for (const magic of ['SDPX', 'XPDS']) {
  test(`a DPX of either order of bytes, ${magic}: its length and size`, async (t) => {
    const file = join(await folder(t), 'a.dpx');
    const bytes = Buffer.alloc(2048);
    const write = (value: number, at: number) =>
      magic === 'SDPX' ? bytes.writeUInt32BE(value, at) : bytes.writeUInt32LE(value, at);
    bytes.write(magic, 'latin1');
    for (const [value, at] of [
      [2048, 16],
      [97, 772],
      [71, 776],
    ] as const)
      write(value, at);
    await writeFile(file, bytes);
    assert.deepEqual(await checkPicture(file), { width: 97, height: 71 });
    await writeFile(file, bytes.subarray(0, 2047));
    await assert.rejects(checkPicture(file), /cut off/);
  });
}

test('a byte that went wrong in the middle of a PNG', async (t) => {
  const file = join(await folder(t), 'a.png');
  await noise(61, 47).png().toFile(file);
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >>> 1) ^ 1, bytes.length >>> 1);
  await writeFile(file, bytes);
  await assert.rejects(checkPicture(file));
});

test('a name whose kind is not known', async (t) => {
  const file = join(await folder(t), 'a.gif');
  await noise(61, 47).gif().toFile(file);
  await assert.rejects(checkPicture(file), /'\.gif'/);
});
