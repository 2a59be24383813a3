import type { PictureSize } from '../picture-size.ts';
import { expectBytes, expectMagic, readHead } from './file-head.ts';

/** DPX (SMPTE 268M), big-endian as Blender writes it: the header says how long the file is. */
export async function checkDpx(path: string): Promise<PictureSize> {
  const { head, fileSize } = await readHead(path, 780);
  expectMagic(head.toString('latin1', 0, 4) === 'SDPX', 'a big-endian DPX');
  expectBytes(fileSize, head.readUInt32BE(16));
  return { width: head.readUInt32BE(772), height: head.readUInt32BE(776) };
}
