import type { PictureSize } from '../picture-size.ts';
import { expectBytes, expectMagic, readHead } from './file-head.ts';

/** DPX (SMPTE 268M), big-endian as Blender writes it to 4.x or little-endian as from 5.0: the header says how long the file is. */
export async function checkDpx(path: string): Promise<PictureSize> {
  const { head, fileSize } = await readHead(path, 780);
  const magic = head.toString('latin1', 0, 4);
  expectMagic(magic === 'SDPX' || magic === 'XPDS', 'a DPX');
  const numberAt = (at: number): number => (magic === 'SDPX' ? head.readUInt32BE(at) : head.readUInt32LE(at));
  expectBytes(fileSize, numberAt(16));
  return { width: numberAt(772), height: numberAt(776) };
}
