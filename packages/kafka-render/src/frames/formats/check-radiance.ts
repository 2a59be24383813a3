import { readFile } from 'node:fs/promises';
import type { PictureSize } from '../picture-size.ts';
import { expectBytes, expectMagic } from './file-head.ts';

/** Radiance HDR: a text header, then lines of four channels, each run-length encoded by itself. */
export async function checkRadiance(path: string): Promise<PictureSize> {
  const bytes = await readFile(path);
  const text = bytes.toString('latin1', 0, 4096);
  const header = /^#\?[\s\S]*?\n\n-Y (\d+) \+X (\d+)\n/.exec(text);
  expectMagic(header !== null, 'a Radiance picture');
  const [height, width] = [Number(header?.[1]), Number(header?.[2])];
  let at = header?.[0].length ?? 0;
  for (let line = 0; line < height; line += 1) {
    at = endOfLine(bytes, at, width);
  }
  return { width, height };
}

/** Lines that begin with 2, 2 and their width are encoded; others are four bytes a pixel. */
function endOfLine(bytes: Buffer, start: number, width: number): number {
  expectBytes(bytes.length, start + 4);
  if (bytes.readUInt32BE(start) !== 0x02020000 + width) {
    expectBytes(bytes.length, start + width * 4);
    return start + width * 4;
  }
  let at = start + 4;
  for (let done = 0; done < width * 4;) {
    expectBytes(bytes.length, at + 1);
    const count = bytes.readUInt8(at);
    at += count > 128 ? 2 : 1 + count;
    done += count > 128 ? count - 128 : count;
    expectMagic(count > 0, 'a line of a Radiance picture');
  }
  expectBytes(bytes.length, at);
  return at;
}
