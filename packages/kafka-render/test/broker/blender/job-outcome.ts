import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { parseExrHeader } from '../../../src/frames/formats/exr/exr-header.ts';
import { listFrames } from '../../../src/frames/list-frames.ts';
import type { BlenderRun } from './run-blender.ts';

/** What a job came to: how it ended, and by file its pixels. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly code: string | undefined;
  readonly files: Readonly<Record<string, string>>;
}

export async function outcomeOf({ request, end, report }: BlenderRun): Promise<Outcome> {
  const files = await listFrames(request.outputFolder);
  const hashes = await Promise.all(
    files.map(async ({ path: name }) => [name, await pixelsOf(path.join(request.outputFolder, name))] as const),
  );
  return { exitCode: end.exitCode, code: report.error?.code, files: Object.fromEntries(hashes) };
}

/** A hash of what a picture shows: dates and render times in its header are left out. */
async function pixelsOf(file: string): Promise<string> {
  const bytes = await readFile(file);
  return createHash('sha256')
    .update(file.endsWith('.exr') ? exrChunks(bytes) : await sharp(bytes).raw({ depth: 'ushort' }).toBuffer())
    .digest('hex');
}

/** Behind the header and the table of offsets, which are counted from the start of the file. */
function exrChunks(bytes: Buffer): Buffer {
  return bytes.subarray(Number(bytes.readBigUInt64LE(parseExrHeader(bytes).length)));
}
