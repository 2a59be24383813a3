import { RejectedError } from 'kafka-runner';
import { EndOfBytesError } from './blend-file/byte-reader.ts';
import type { ByteReader } from './blend-file/byte-reader.ts';
import { readToEndBlock } from './blend-file/blend-blocks.ts';
import type { BlockLayout } from './blend-file/blend-blocks.ts';
import { openBlendBytes } from './blend-file/open-blend-bytes.ts';
import type { BlenderVersion } from './blender-version.ts';

/** What the first bytes of a .blend say. `major` and `minor`: the Blender that wrote it. */
export type BlendHeader = {
  readonly layout: BlockLayout;
  readonly major: number;
  readonly minor: number;
};

/**
 * Looks at a scene before Blender does: Blender may crash on a file of its future, and goes on with an empty scene
 * when a file cannot be read. Plain, gzip- and zstd-compressed files; reads headers and seeks over the rest where it can.
 * @throws {RejectedError} `not-a-blend`; `blend-too-new`: saved by a Blender newer than ours (in major.minor, since
 * within one major version it may open and silently lack what it does not know); `blend-truncated`. Or the signal's reason.
 */
export async function checkBlendFile(
  file: string,
  blender: Pick<BlenderVersion, 'major' | 'minor'>,
  signal?: AbortSignal,
): Promise<void> {
  await using bytes = await openBlendBytes(file);
  try {
    const header = await readHeader(bytes);
    checkVersion(header, blender);
    await readToEndBlock(bytes, header.layout, signal);
  } catch (cause) {
    throw cause instanceof EndOfBytesError ? truncated(cause) : cause;
  }
}

/** 12 bytes to 4.x, 17 from 5.0 on. */
async function readHeader(bytes: ByteReader): Promise<BlendHeader> {
  const start = await bytes.read(12);
  const header = parseBlendHeader(start) ?? parseBlendHeader(Buffer.concat([start, await bytes.read(5)]));
  if (!header) {
    throw new RejectedError('not-a-blend', 'the scene is not a .blend file: it does not begin with BLENDER');
  }
  return header;
}

/** Reads the first 12 or 17 bytes of a file; undefined when they are not a whole header. */
export function parseBlendHeader(bytes: Buffer): BlendHeader | undefined {
  const text = bytes.toString('latin1');
  const [, pointer, endian, version] = /^BLENDER([_-])([vV])(\d{3})/.exec(text) ?? [];
  if (version) {
    const layout: BlockLayout = {
      pointerBytes: pointer === '_' ? 4 : 8,
      bigEndian: endian === 'V',
      largeBlocks: false,
    };
    return { layout, ...versionOf(version) };
  }
  const [, newVersion] = /^BLENDER17-01v(\d{4})/.exec(text) ?? [];
  const layout: BlockLayout = { pointerBytes: 8, bigEndian: false, largeBlocks: true };
  return newVersion ? { layout, ...versionOf(newVersion) } : undefined;
}

/** `304` is 3.4, `283` is 2.83, `0501` is 5.1. */
function versionOf(digits: string): { major: number; minor: number } {
  return { major: Math.floor(Number(digits) / 100), minor: Number(digits) % 100 };
}

function checkVersion(header: BlendHeader, blender: Pick<BlenderVersion, 'major' | 'minor'>): void {
  if (header.major * 100 + header.minor > blender.major * 100 + blender.minor) {
    const [saved, here] = [`${header.major}.${header.minor}`, `${blender.major}.${blender.minor}`];
    throw new RejectedError(
      'blend-too-new',
      `the scene was saved by Blender ${saved}, and this worker has Blender ${here}`,
    );
  }
}

function truncated(cause: Error): RejectedError {
  const message = `the .blend is cut off or damaged (${cause.message}): upload it again`;
  return new RejectedError('blend-truncated', message, { cause });
}
