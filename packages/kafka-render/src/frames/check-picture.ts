import { extname } from 'node:path';
import { decodePicture } from './decode-picture.ts';
import { checkExr } from './exr/check-exr.ts';
import type { PictureSize } from './picture-size.ts';

type PictureCheck = (file: string) => Promise<PictureSize>;

/** By the extension that Blender gives to the formats in `SUPPORTED_FORMATS` of `kafka_render/output.py`. */
const checks: Readonly<Record<string, PictureCheck>> = {
  '.png': decodePicture,
  '.jpg': decodePicture,
  '.tif': decodePicture,
  '.webp': decodePicture,
  '.exr': checkExr,
};

/** Checks that a picture is whole and returns its size; a defect is an error that says what is wrong. */
export async function checkPicture(file: string): Promise<PictureSize> {
  const check = checks[extname(file)];
  if (!check) {
    throw new Error(`there is no check for files named '${extname(file)}'`);
  }
  return check(file);
}
