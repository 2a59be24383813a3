import { readFile } from 'node:fs/promises';
import type { PictureSize } from '../picture-size.ts';
import { expectBytes, expectMagic, lastBytes, readHead } from './file-head.ts';

const runLengthEncoded = 8;

/** How a file of Targa 2.0 ends, as Blender writes it from 5.0 on: behind the pixels lie a date, a small picture and this. */
const footer = Buffer.from('TRUEVISION-XFILE.\0', 'latin1');

/** Truevision Targa without a colour map, plain (types 2 and 3) or run-length encoded (10 and 11). */
export async function checkTarga(path: string): Promise<PictureSize> {
  const { head, fileSize } = await readHead(path, 18);
  const type = head.readUInt8(2);
  expectMagic(head.readUInt8(1) === 0 && [2, 3, 10, 11].includes(type), 'a Targa without a colour map');
  const [width, height] = [head.readUInt16LE(12), head.readUInt16LE(14)];
  const pixelBytes = Math.ceil(head.readUInt8(16) / 8);
  const start = 18 + head.readUInt8(0);
  const isEncoded = (type & runLengthEncoded) !== 0;
  const end = isEncoded
    ? endOfPackets(await readFile(path), start, width * height, pixelBytes)
    : start + width * height * pixelBytes;
  expectBytes(fileSize, end);
  if (fileSize > end && !(await lastBytes(path, footer.length)).equals(footer)) {
    throw new Error(`the file is cut off: behind its pixels, at ${end}, it has no end`);
  }
  return { width, height };
}

/** A byte with the number of pixels less one; with the high bit set, one pixel follows that is repeated. */
function endOfPackets(bytes: Buffer, start: number, pixels: number, pixelBytes: number): number {
  let at = start;
  for (let done = 0; done < pixels;) {
    expectBytes(bytes.length, at + 1);
    const packet = bytes.readUInt8(at);
    const count = (packet & 127) + 1;
    at += 1 + (packet > 127 ? 1 : count) * pixelBytes;
    done += count;
  }
  return at;
}
