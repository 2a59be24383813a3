import { readFile, stat } from 'node:fs/promises';
import sharp from 'sharp';
import type { PictureSize } from '../picture-size.ts';
import { lastBytes } from './file-head.ts';

/** Larger pictures are shrunk while they are read, so that they never lie in memory whole. */
const pixelsKeptInMemory = 1_000_000;

/** Smaller files are read once, larger ones as the decoder goes on. */
const bytesReadAtOnce = 1_000_000;

const pngEnd = Buffer.from('0000000049454e44ae426082', 'hex');

/**
 * Decodes every pixel of a PNG, JPEG, TIFF or WebP file; a defect anywhere is an error. Returns its size.
 */
export async function decodePicture(file: string): Promise<PictureSize> {
  sharp.cache(false); // it goes by file names: a file written anew would be answered from the old one
  const bytes = (await stat(file)).size <= bytesReadAtOnce ? await readFile(file) : undefined;
  const picture = sharp(bytes ?? file, { failOn: 'warning', limitInputPixels: false, sequentialRead: true });
  const { width, height, format } = await picture.metadata();
  const small = width * height <= pixelsKeptInMemory;
  await (small ? picture : picture.resize(1, 1, { fit: 'fill', fastShrinkOnLoad: false })).raw().toBuffer();
  // The decoder stops at the last pixel, up to 12 bytes before the end.
  const end = format === 'png' ? (bytes ?? (await lastBytes(file, pngEnd.length))).subarray(-pngEnd.length) : pngEnd;
  if (!end.equals(pngEnd)) throw new Error('the end of the PNG is missing');
  return { width, height };
}
