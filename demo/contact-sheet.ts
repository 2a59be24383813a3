import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

const columns = 4;
const gap = 8;

/** Puts pictures of one size side by side, in order, into one PNG. */
export async function makeContactSheet(pictures: readonly string[], file: string): Promise<void> {
  const { width, height } = await sharp(pictures[0]).metadata();
  const rows = Math.ceil(pictures.length / columns);
  const composite = pictures.map((input, index) => ({
    input,
    left: gap + (index % columns) * (width + gap),
    top: gap + Math.floor(index / columns) * (height + gap),
  }));
  const size = { width: columns * (width + gap) + gap, height: rows * (height + gap) + gap };
  await mkdir(path.dirname(file), { recursive: true });
  await sharp({ create: { ...size, channels: 3, background: '#202020' } })
    .composite(composite)
    .png()
    .toFile(file);
}
