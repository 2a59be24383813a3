import { open } from 'node:fs/promises';
import sharp from 'sharp';
import type { PictureSize } from '../picture-size.ts';

/** Larger pictures are shrunk while they are read, so that they never lie in memory whole. */
const pixelsKeptInMemory = 1_000_000;

const pngEnd = Buffer.from('0000000049454e44ae426082', 'hex');

/**
 * Decodes every pixel of a PNG, JPEG, TIFF or WebP file; a defect anywhere is an error. Returns its size.
 */
export async function decodePicture(file: string): Promise<PictureSize> {
  sharp.cache(false); // it goes by file names: a file written anew would be answered from the old one
  const picture = sharp(file, { failOn: 'warning', limitInputPixels: false, sequentialRead: true });
  const { width, height, format } = await picture.metadata();
  const small = width * height <= pixelsKeptInMemory;
  await (small ? picture : picture.resize(1, 1, { fit: 'fill', fastShrinkOnLoad: false })).raw().toBuffer();
  if (format === 'png') {
    await checkPngEnd(file); // the decoder stops at the last pixel, up to 12 bytes before the end
  }
  return { width, height };
}

async function checkPngEnd(path: string): Promise<void> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(pngEnd.length), 0, pngEnd.length, size - pngEnd.length);
  if (!buffer.equals(pngEnd)) {
    throw new Error('the end of the PNG is missing');
  }
}
