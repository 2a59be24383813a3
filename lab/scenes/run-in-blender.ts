import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BlenderVersion } from '../../packages/kafka-render/src/blender/blender-version.ts';

/** Runs a Python script inside Blender to its end; throws, with what was printed, when the script fails. */
export async function runInBlender(blender: BlenderVersion, script: string, args: readonly string[]): Promise<void> {
  const flags = ['--background', '--factory-startup', '-noaudio', '--python-exit-code', '1', '--python'];
  const before = blender.kind === 'module' ? [] : flags;
  const options = { timeout: 300_000, maxBuffer: 2 ** 26 };
  await promisify(execFile)(blender.executable, [...before, script, '--', ...args], options);
}
