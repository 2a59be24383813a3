import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import type { MinioClient } from 'kafka-runner';
import pLimit from 'p-limit';
import sharp from 'sharp';
import { isPicture, type FrameObject } from './job-frames.ts';

/** A picture of 16384 x 16384 pixels, the largest that Kafka Render makes by default, decodes to 1 GB. */
const maxPixels = 8_192 * 8_192;
const maxBytes = 256 * 1_024 ** 2;
const size = 320;

/** Small pictures of frames, made here: what is in storage never reaches a browser as it is. */
export class Thumbnails {
  readonly #storage: MinioClient;
  readonly #cache = new LRUCache<string, Buffer>({ maxSize: 64 * 1_024 ** 2, sizeCalculation: ({ length }) => length });
  /** They are made beside a page that is to stay quick, and each takes memory. */
  readonly #turn = pLimit(2);

  constructor(storage: MinioClient) {
    this.#storage = storage;
    // By its content a file may be something else than its name says: what reads other formats, such as SVG, which names
    // other files, is never reached.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: ['Png', 'Jpeg', 'Tiff', 'Webp'].map((format) => `VipsForeignLoad${format}File`) });
  }

  /** WebP; undefined for what is no picture, or too large a one. */
  async of(frame: FrameObject, signal: AbortSignal): Promise<Buffer | undefined> {
    if (!isPicture(frame.key) || frame.size > maxBytes) return undefined;
    const name = `${frame.bucket}/${frame.key} ${frame.etag}`;
    const known = this.#cache.get(name);
    if (known) return known;
    const made = await this.#turn(async () => await this.#make(frame, signal));
    if (made) this.#cache.set(name, made);
    return made;
  }

  async #make({ bucket, key }: FrameObject, signal: AbortSignal): Promise<Buffer | undefined> {
    signal.throwIfAborted();
    const folder = await mkdtemp(path.join(tmpdir(), 'thumbnail-'));
    try {
      const file = path.join(folder, 'frame');
      await this.#storage.downloadFile(bucket, key, file, { signal });
      return await shrink(file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function shrink(file: string): Promise<Buffer | undefined> {
  try {
    return await sharp(file, { limitInputPixels: maxPixels })
      .resize(size, size, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer();
  } catch {
    // It is none, whatever it is called, or it is too large. What is wrong with it the worker says.
    return undefined;
  }
}
