import { readFile } from 'node:fs/promises';
import type { PictureSize } from '../picture-size.ts';
import { expectBytes, expectMagic, readHead } from './file-head.ts';

const runLengthEncoded = 8;

/** Truevision Targa without a colour map, plain (types 2 and 3) or run-length encoded (10 and 11). */
export async function checkTarga(path: string): Promise<PictureSize> {
  const { head, fileSize } = await readHead(path, 18);
  const type = head.readUInt8(2);
  expectMagic(head.readUInt8(1) === 0 && [2, 3, 10, 11].includes(type), 'a Targa without a colour map');
  const [width, height] = [head.readUInt16LE(12), head.readUInt16LE(14)];
  const pixelBytes = Math.ceil(head.readUInt8(16) / 8);
  const start = 18 + head.readUInt8(0);
  if ((type & runLengthEncoded) === 0) {
    expectBytes(fileSize, start + width * height * pixelBytes);
  } else {
    checkPackets(await readFile(path), start, width * height, pixelBytes);
  }
  return { width, height };
}

/** A byte with the number of pixels less one; with the high bit set, one pixel follows that is repeated. */
function checkPackets(bytes: Buffer, start: number, pixels: number, pixelBytes: number): void {
  let at = start;
  for (let done = 0; done < pixels;) {
    expectBytes(bytes.length, at + 1);
    const packet = bytes.readUInt8(at);
    const count = (packet & 127) + 1;
    at += 1 + (packet > 127 ? 1 : count) * pixelBytes;
    done += count;
  }
  expectBytes(bytes.length, at);
}
