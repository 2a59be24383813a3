import type { PictureSize } from '../picture-size.ts';
import { expectBytes, expectMagic, readHead } from './file-head.ts';

/** Windows bitmap as Blender writes it, uncompressed: the size follows from the header. */
export async function checkBmp(path: string): Promise<PictureSize> {
  const { head, fileSize } = await readHead(path, 54);
  expectMagic(head.toString('latin1', 0, 2) === 'BM' && head.readUInt32LE(30) === 0, 'an uncompressed bitmap');
  const [width, height] = [head.readInt32LE(18), Math.abs(head.readInt32LE(22))];
  const rowBytes = Math.ceil((width * head.readUInt16LE(28)) / 32) * 4;
  expectBytes(fileSize, head.readUInt32LE(10) + rowBytes * height);
  return { width, height };
}
