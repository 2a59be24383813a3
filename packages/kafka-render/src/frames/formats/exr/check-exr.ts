import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { PictureSize } from '../../picture-size.ts';
import { exrCompressions, rawLength } from './exr-compression.ts';
import type { ExrChunk, ExrCompression } from './exr-compression.ts';
import { parseExrHeader } from './exr-header.ts';
import type { ExrHeader, ExrPart } from './exr-header.ts';

type ExrFile = { readonly handle: FileHandle; readonly size: number };

const largestHeader = 16 * 1024 * 1024;

/**
 * Checks that an OpenEXR file of scan lines is whole, in one or more parts and any number of layers: header, offset
 * tables, and each chunk at its place with data that unpacks to the right length (PIZ, B44 and DWA are not unpacked:
 * the lengths inside are compared). Returns the size of its first part; a defect is an error.
 *
 * No decoder on npm reads all that Blender writes: the JavaScript ones fail on PIZ with a depth channel.
 */
export async function checkExr(path: string): Promise<PictureSize> {
  await using handle = await open(path, 'r');
  const file: ExrFile = { handle, size: (await handle.stat()).size };
  const header = await readHeader(file);
  let tableAt = header.length;
  for (const [index, part] of header.parts.entries()) {
    const offsets = await readOffsets(file, tableAt, chunkCount(part));
    tableAt += offsets.length * 8;
    await checkChunks(file, part, header.multiPart ? index : undefined, offsets);
  }
  return pictureSize(header);
}

async function readHeader(file: ExrFile): Promise<ExrHeader> {
  for (let length = 65_536; ; length *= 4) {
    try {
      return parseExrHeader(await readAt(file, 0, Math.min(length, file.size)));
    } catch (error) {
      if (!(error instanceof RangeError) || length >= Math.min(file.size, largestHeader)) {
        throw error;
      }
    }
  }
}

function pictureSize({ parts: [part] }: ExrHeader): PictureSize {
  if (!part) {
    throw new Error('the file has no part');
  }
  return { width: part.dataWindow.xMax - part.dataWindow.xMin + 1, height: lineCount(part) };
}

function lineCount({ dataWindow }: ExrPart): number {
  return dataWindow.yMax - dataWindow.yMin + 1;
}

function compressionOf(part: ExrPart): ExrCompression {
  const compression = exrCompressions[part.compression];
  if (!compression) {
    throw new Error(`compression ${part.compression} is not known`);
  }
  return compression;
}

function chunkCount(part: ExrPart): number {
  const count = Math.ceil(lineCount(part) / compressionOf(part).linesPerChunk);
  if (count < 1 || (part.chunkCount ?? count) !== count) {
    throw new Error(`${count} chunks are needed for ${lineCount(part)} lines, and the header says ${part.chunkCount}`);
  }
  return count;
}

async function readOffsets(file: ExrFile, at: number, count: number): Promise<number[]> {
  const table = await readAt(file, at, count * 8);
  return Array.from({ length: count }, (_, index) => Number(table.readBigUInt64LE(index * 8)));
}

/** Chunk `i` holds the lines from `i * linesPerChunk` on; in files of several parts the part's number comes first. */
async function checkChunks(
  file: ExrFile,
  part: ExrPart,
  partNumber: number | undefined,
  offsets: readonly number[],
): Promise<void> {
  const { linesPerChunk } = compressionOf(part);
  const prefix = partNumber === undefined ? [] : [partNumber];
  for (const [index, offset] of offsets.entries()) {
    const firstLine = part.dataWindow.yMin + index * linesPerChunk;
    const head = await readAt(file, offset, (prefix.length + 2) * 4);
    const places = [...prefix, firstLine];
    if (offset === 0 || places.some((value, at) => head.readInt32LE(at * 4) !== value)) {
      throw new Error(`the chunk of line ${firstLine} is not at its place`);
    }
    const length = head.readInt32LE(places.length * 4);
    await checkData(part, firstLine, await readAt(file, offset + head.length, length));
  }
}

async function checkData(part: ExrPart, firstLine: number, data: Buffer): Promise<void> {
  const compression = compressionOf(part);
  const lastLine = Math.min(firstLine + compression.linesPerChunk - 1, part.dataWindow.yMax);
  const { xMin, xMax } = part.dataWindow;
  const counts = part.channels.map(
    (channel) => sampled(xMin, xMax, channel.xSampling) * sampled(firstLine, lastLine, channel.ySampling),
  );
  const chunk: ExrChunk = { data, channels: part.channels, counts };
  if (data.length !== rawLength(chunk)) {
    await compression.check(chunk);
  }
}

/** How many numbers from `first` to `last` are multiples of `sampling`. */
function sampled(first: number, last: number, sampling: number): number {
  return Math.floor(last / sampling) - Math.ceil(first / sampling) + 1;
}

/** Looks at the file's size before it makes room: what a header says may be nonsense. */
async function readAt({ handle, size }: ExrFile, position: number, length: number): Promise<Buffer> {
  if (length < 0 || position + length > size) {
    throw new Error(`the file has ${size} bytes, and ${length} more should be at ${position}`);
  }
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer;
}
