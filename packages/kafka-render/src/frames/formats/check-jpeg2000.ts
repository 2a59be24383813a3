import { readFile } from 'node:fs/promises';
import type { PictureSize } from '../picture-size.ts';
import { expectBytes, expectMagic } from './file-head.ts';

const marker = { start: 0xff4f, size: 0xff51, tilePart: 0xff90, end: 0xffd9 };

/**
 * JPEG 2000, bare (.j2k, .j2c) or in boxes (.jp2): goes from marker to marker and from tile part to tile part, each of
 * which says how long it is, to the one that ends the picture. The pixels are not decoded.
 */
export async function checkJpeg2000(path: string): Promise<PictureSize> {
  const bytes = await readFile(path);
  const start = codestreamStart(bytes);
  expectBytes(bytes.length, start + 4);
  expectMagic(bytes.readUInt16BE(start) === marker.start && bytes.readUInt16BE(start + 2) === marker.size, 'JPEG 2000');
  expectBytes(bytes.length, start + 24);
  checkToEnd(bytes, start + 2);
  const [xEnd, yEnd] = [bytes.readUInt32BE(start + 8), bytes.readUInt32BE(start + 12)];
  return { width: xEnd - bytes.readUInt32BE(start + 16), height: yEnd - bytes.readUInt32BE(start + 20) };
}

function checkToEnd(bytes: Buffer, firstMarker: number): void {
  for (let at = firstMarker; ;) {
    expectBytes(bytes.length, at + 2);
    const found = bytes.readUInt16BE(at);
    if (found === marker.end) {
      return;
    }
    expectBytes(bytes.length, at + 12);
    const length = found === marker.tilePart ? bytes.readUInt32BE(at + 6) : 2 + bytes.readUInt16BE(at + 2);
    expectMagic(found >= 0xff00 && length >= 4, 'a marker of JPEG 2000');
    at += length;
  }
}

/** A box is its length, four letters, and what it holds; the picture is in the one named `jp2c`. */
function codestreamStart(bytes: Buffer): number {
  expectBytes(bytes.length, 12);
  for (let at = 0; bytes.readUInt16BE(0) !== marker.start;) {
    expectBytes(bytes.length, at + 8);
    if (bytes.toString('latin1', at + 4, at + 8) === 'jp2c') {
      return at + 8;
    }
    expectMagic(bytes.readUInt32BE(at) >= 8, 'JPEG 2000');
    at += bytes.readUInt32BE(at);
  }
  return 0;
}
