import { extname } from 'node:path';
import { checkBmp } from './formats/check-bmp.ts';
import { checkCineon } from './formats/check-cineon.ts';
import { checkDpx } from './formats/check-dpx.ts';
import { checkIris } from './formats/check-iris.ts';
import { checkJpeg2000 } from './formats/check-jpeg2000.ts';
import { checkRadiance } from './formats/check-radiance.ts';
import { checkTarga } from './formats/check-targa.ts';
import { decodePicture } from './formats/decode-picture.ts';
import { checkExr } from './formats/exr/check-exr.ts';
import type { PictureSize } from './picture-size.ts';

type PictureCheck = (file: string) => Promise<PictureSize>;

/**
 * By the extensions that Blender gives to the formats in `SUPPORTED_FORMATS` of `kafka_render/output.py`. The common
 * ones are decoded; for the others no well-kept decoder is at hand, and their structure is followed to the end.
 */
export const pictureChecks: Readonly<Record<string, PictureCheck>> = {
  '.png': decodePicture,
  '.jpg': decodePicture,
  '.tif': decodePicture,
  '.webp': decodePicture,
  '.exr': checkExr,
  '.bmp': checkBmp,
  '.cin': checkCineon,
  '.dpx': checkDpx,
  '.hdr': checkRadiance,
  '.jp2': checkJpeg2000,
  '.j2c': checkJpeg2000,
  '.rgb': checkIris,
  '.tga': checkTarga,
};

/**
 * Checks that a picture is whole and returns its size; a defect is an error that says what is wrong.
 * @param extension of its name, where `file` is not that
 */
export async function checkPicture(file: string, extension = extname(file)): Promise<PictureSize> {
  const check = pictureChecks[extension];
  if (!check) {
    throw new Error(`there is no check for files named '${extension}'`);
  }
  return check(file);
}
