import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ByteReader } from './byte-reader.ts';
import { FileBytes } from './file-bytes.ts';
import { StreamBytes } from './stream-bytes.ts';
import { ZstdBytes } from './zstd-bytes.ts';
import { zstdMagic } from './zstd-frames.ts';

const gzipMagic = 0x8b1f;

/** The bytes of a .blend, unpacked when it is compressed: gzip to 2.9x, zstd from 3.0 on. */
export async function openBlendBytes(path: string): Promise<ByteReader> {
  const file = await FileBytes.open(path);
  try {
    return await unpacked(path, file);
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

async function unpacked(path: string, file: FileBytes): Promise<ByteReader> {
  const start = await file.peek(4);
  if (start.length === 4 && start.readUInt32LE() === zstdMagic) {
    return new ZstdBytes(path, file);
  }
  if (start.length === 4 && start.readUInt16LE() === gzipMagic) {
    await file[Symbol.asyncDispose]();
    return new StreamBytes(pipeline(createReadStream(path), createGunzip(), () => undefined));
  }
  return file;
}
