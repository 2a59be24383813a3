import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import type { ExrChannel } from './exr-header.ts';

const inflateAsync = promisify(inflate);

/** A chunk of compressed lines, and the number of values that each channel has in it. */
export type ExrChunk = {
  readonly data: Buffer;
  readonly channels: readonly ExrChannel[];
  readonly counts: readonly number[];
};

/** One way of compressing: how many lines a chunk holds, and a check of a chunk's data that throws what is wrong. */
export type ExrCompression = {
  readonly linesPerChunk: number;
  readonly check: (chunk: ExrChunk) => Promise<void> | void;
};

/** Bytes of a value: unsigned integer, half, float. */
const valueBytes = [4, 2, 4];
/** PXR24 keeps 24 bits of a float. */
const pxr24Bytes = [4, 2, 3];

/** By the number that the header gives; the order is OpenEXR's. */
export const exrCompressions: readonly ExrCompression[] = [
  { linesPerChunk: 1, check: (chunk) => expectLength('raw data', chunk.data.length, rawLength(chunk)) },
  { linesPerChunk: 1, check: (chunk) => expectLength('runs', unpackedRunLength(chunk.data), rawLength(chunk)) }, // RLE
  { linesPerChunk: 1, check: (chunk) => checkInflated(chunk.data, rawLength(chunk)) }, // ZIPS
  { linesPerChunk: 16, check: (chunk) => checkInflated(chunk.data, rawLength(chunk)) }, // ZIP
  { linesPerChunk: 32, check: checkPiz },
  { linesPerChunk: 16, check: (chunk) => checkInflated(chunk.data, totalLength(chunk, pxr24Bytes)) },
  { linesPerChunk: 32, check: notEmpty }, // B44
  { linesPerChunk: 32, check: notEmpty }, // B44A
  { linesPerChunk: 32, check: checkDwa }, // DWAA
  { linesPerChunk: 256, check: checkDwa }, // DWAB
];

/** Bytes of the chunk's pixels. Data of this length was stored as it is, since compressing gained nothing. */
export function rawLength(chunk: ExrChunk): number {
  return totalLength(chunk, valueBytes);
}

function totalLength(chunk: ExrChunk, bytesOfType: readonly number[]): number {
  return chunk.channels.reduce(
    (sum, channel, at) => sum + (chunk.counts[at] ?? 0) * (bytesOfType[channel.type] ?? NaN),
    0,
  );
}

function expectLength(what: string, actual: number, expected: number): void {
  if (actual !== expected) {
    throw new Error(`a chunk's ${what} come to ${actual} bytes instead of ${expected}`);
  }
}

async function checkInflated(data: Buffer, expected: number): Promise<void> {
  const inflated = await inflateAsync(data, { maxOutputLength: Math.max(expected, 1) });
  expectLength('inflated data', inflated.length, expected);
}

/** A count byte n: below 128, the next byte is repeated n + 1 times; else 256 - n bytes follow as they are. */
function unpackedRunLength(data: Buffer): number {
  let unpacked = 0;
  for (let at = 0; at < data.length;) {
    const count = data.readInt8(at);
    at += count < 0 ? 1 - count : 2;
    unpacked += count < 0 ? -count : count + 1;
    if (at > data.length) {
      throw new Error('a run goes on beyond its chunk');
    }
  }
  return unpacked;
}

/** A bitmap of the values that occur, then Huffman-coded data with its length in front. */
function checkPiz({ data }: ExrChunk): void {
  const first = data.readUInt16LE(0);
  const last = data.readUInt16LE(2);
  const bitmapLength = first <= last ? last - first + 1 : 0;
  const coded = data.readInt32LE(4 + bitmapLength);
  expectLength('Huffman codes', data.length - bitmapLength - 8, coded);
}

function notEmpty({ data }: ExrChunk): void {
  if (data.length === 0) {
    throw new Error('a chunk is empty');
  }
}

/** Where the header of DWA data holds what, counted in numbers of 64 bits. */
const dwa = { version: 0, other: [1, 2], ac: 3, dc: 4, runs: 5, runsUnpacked: 6, dcCount: 9, length: 11 } as const;

/**
 * Eleven numbers, a block of channel rules with its own length in front, and four streams: other channels, AC
 * coefficients (Huffman codes or deflated), DC coefficients, runs. All but the AC ones are unpacked here.
 */
async function checkDwa({ data }: ExrChunk): Promise<void> {
  const number = (at: number): number => Number(data.readBigUInt64LE(at * 8));
  const rulesAt = dwa.length * 8;
  let at = rulesAt + (number(dwa.version) >= 2 ? data.readUInt16LE(rulesAt) : 0);
  const next = (length: number): Buffer => data.subarray(at, (at += length));
  await checkStream(next(number(dwa.other[1])), number(dwa.other[0]));
  next(number(dwa.ac));
  await checkStream(next(number(dwa.dc)), number(dwa.dcCount) * 2);
  await checkStream(next(number(dwa.runs)), number(dwa.runsUnpacked));
  expectLength('streams', data.length, at);
}

async function checkStream(data: Buffer, expected: number): Promise<void> {
  if (data.length > 0 || expected > 0) {
    await checkInflated(data, expected);
  }
}
