import type { PictureSize } from '../picture-size.ts';
import { expectBytes, expectMagic, readHead } from './file-head.ts';

/** Kodak Cineon, big-endian as Blender writes it: the header says how long the file is. */
export async function checkCineon(path: string): Promise<PictureSize> {
  const { head, fileSize } = await readHead(path, 208);
  expectMagic(head.readUInt32BE(0) === 0x802a5fd7, 'a big-endian Cineon');
  expectBytes(fileSize, head.readUInt32BE(20));
  return { width: head.readUInt32BE(200), height: head.readUInt32BE(204) };
}
