import { readFile } from 'node:fs/promises';
import type { PictureSize } from '../picture-size.ts';
import { expectBytes, expectMagic } from './file-head.ts';

const headerBytes = 512;

/** Silicon Graphics IRIS: plain, or with tables that say where each line of each channel begins and how long it is. */
export async function checkIris(path: string): Promise<PictureSize> {
  const bytes = await readFile(path);
  expectBytes(bytes.length, headerBytes);
  expectMagic(bytes.readUInt16BE(0) === 474, 'an IRIS picture');
  const [width, height, channels] = [bytes.readUInt16BE(6), bytes.readUInt16BE(8), bytes.readUInt16BE(10)];
  if (bytes.readUInt8(2) === 0) {
    expectBytes(bytes.length, headerBytes + width * height * channels * bytes.readUInt8(3));
  } else {
    checkLines(bytes, height * channels, width);
  }
  return { width, height };
}

function checkLines(bytes: Buffer, lines: number, width: number): void {
  expectBytes(bytes.length, headerBytes + lines * 8);
  for (let line = 0; line < lines; line += 1) {
    const start = bytes.readUInt32BE(headerBytes + line * 4);
    const length = bytes.readUInt32BE(headerBytes + (lines + line) * 4);
    expectBytes(bytes.length, start + length);
    checkRuns(bytes.subarray(start, start + length), width);
  }
}

/** A count in seven bits; with the high bit that many bytes follow, without it one that is repeated; zero ends. */
function checkRuns(line: Buffer, width: number): void {
  let done = 0;
  for (let at = 0; at < line.length && done < width;) {
    const packet = line.readUInt8(at);
    const count = packet & 127;
    at += 1 + (packet > 127 ? count : 1);
    done += count === 0 || at > line.length ? NaN : count;
  }
  expectMagic(done === width, 'a line of an IRIS picture');
}
