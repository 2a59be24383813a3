import sharp from 'sharp';
import { frameOfPixel, type Colour } from '../../../lab/scenes/frame-colour.ts';

/**
 * Which frame of the scene `counter`, or one made from it, a picture shows. Throws when it is not of one colour.
 * @param tolerance how far a channel may be off, for formats that lose something
 */
export async function frameShown(picture: Buffer, tolerance = 0): Promise<number> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const first: Colour = [data[0] ?? 0, data[1] ?? 0, data[2] ?? 0];
  for (let index = 0; index < data.length; index += 1) {
    const off = Math.abs((data[index] ?? 0) - (first[index % info.channels] ?? 0));
    if (off > tolerance) throw new Error(`the picture is not of one colour at byte ${index}`);
  }
  return frameOfPixel(first);
}
