import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { ConfigError, printable } from 'kafka-runner';
import { z } from 'zod';
import { probeBlender, type BlenderVersion } from '../../blender/blender-version.ts';

const script = path.join(import.meta.dirname, '../../../blender/pack_scene.py');
const reportSchema = z.object({ files: z.array(z.string()), left: z.array(z.string()) });
const timeoutMs = 600_000;
const namedAtMost = 20;

export interface PackedScene {
  /** What is to be uploaded: the scene itself when it uses no other file. */
  readonly file: string;
  /** Of the scene and all that it uses. */
  readonly sha256: string;
  /** What was packed into the copy. */
  readonly packed: readonly string[];
}

/**
 * Looks which files a scene uses, with scripts switched off, and makes a copy in `folder` that holds them.
 * Throws ConfigError that names the files that are missing or cannot be packed.
 */
export async function packScene(scene: string, blender: string, folder: string): Promise<PackedScene> {
  const file = path.resolve(scene);
  const copy = path.join(folder, path.basename(file));
  const { files, left } = await askBlender(await probeBlender(blender), file, copy, folder);
  if (left.length > 0) throw new ConfigError(refusal(scene, left));
  const sums = await Promise.all([file, ...files].map(fileSha256));
  const sha256 = files.length === 0 ? sums.join('') : createHash('sha256').update(sums.join('\n')).digest('hex');
  return { file: files.length === 0 ? file : copy, sha256, packed: files };
}

export async function fileSha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function askBlender({ executable, kind }: BlenderVersion, scene: string, copy: string, folder: string) {
  const report = path.join(folder, 'report.json');
  const before = ['--background', '--factory-startup', '-noaudio', '-Y', '--python-exit-code', '1', '--python'];
  const args = [...(kind === 'module' ? [] : before), script, '--', scene, copy, report];
  try {
    await promisify(execFile)(executable, args, { timeout: timeoutMs, maxBuffer: 1_024 ** 3, killSignal: 'SIGKILL' });
    return reportSchema.parse(JSON.parse(await readFile(report, 'utf8')));
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { stderr?: string };
    const why = printable(stderr.trim().split('\n').at(-1) || message.split('\n')[0] || '');
    const advice = 'name a Blender that can with --blender, or upload it as it is with --assets leave';
    throw new ConfigError(`Blender cannot open or pack ${scene} (${why}): ${advice}`, { cause });
  }
}

function refusal(scene: string, left: readonly string[]): string {
  const more = left.length > namedAtMost ? [`and ${left.length - namedAtMost} more`] : [];
  const names = [...left.slice(0, namedAtMost).map(printable), ...more].join('\n  ');
  return (
    `${scene} uses files that are missing, or cannot be packed into it (movies, image sequences, caches):\n  ${names}\n` +
    'put them right, or upload the scene without them with --assets leave'
  );
}
