import { open } from 'node:fs/promises';

/** The first `length` bytes of a file, and how many it has in all; an error when it has fewer. */
export async function readHead(path: string, length: number): Promise<{ head: Buffer; fileSize: number }> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  expectBytes(size, length);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
  return { head: buffer, fileSize: size };
}

/** The last `length` bytes of a file. */
export async function lastBytes(path: string, length: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, size - length));
  return buffer;
}

/** @throws {Error} when a file of `actual` bytes is too short to hold `needed` */
export function expectBytes(actual: number, needed: number): void {
  if (!(actual >= needed)) {
    throw new Error(`the file is cut off: it has ${actual} bytes and needs ${needed}`);
  }
}

/** @throws {Error} when the first bytes are not those of the format */
export function expectMagic(isRight: boolean, format: string): void {
  if (!isRight) {
    throw new Error(`this is not ${format}`);
  }
}
