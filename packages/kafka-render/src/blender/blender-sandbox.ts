import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { KafkaRunnerOptions } from 'kafka-runner';
import { renderScript } from './blender-argv.ts';
import type { BlenderVersion } from './blender-version.ts';

type SandboxOptions = NonNullable<KafkaRunnerOptions['sandbox']>;

/** What a worker has that no scene may see, and where what scenes read is. */
export interface WorkerPaths {
  readonly credentials: string;
  readonly scenes: string;
  /** In which jobs find their scenes. */
  readonly stagedScenes: string;
  /** Folders of files that scenes name. */
  readonly assetRoots: readonly string[];
}

/** How Blender runs in a sandbox: what it needs to be there, and what must not be. */
export function blenderSandbox(
  mode: 'auto' | 'require',
  blender: BlenderVersion,
  { credentials, scenes, stagedScenes, assetRoots }: WorkerPaths,
): SandboxOptions {
  return {
    mode,
    readable: [path.dirname(renderScript), ...installation(blender), ...assetRoots],
    devices: graphicsDevices(),
    hidden: [credentials, scenes],
    inputsFolder: stagedScenes,
    check: blender.kind === 'module' ? [blender.executable, '-c', loadModule] : [blender.executable, '--version'],
  };
}

/** Leaves at once: the module may crash while the interpreter ends. */
const loadModule = 'import bpy, os; os._exit(0)';

/** Where Blender lies: its folder, and the name by which it is started; of a Python, all that it looks for modules in. */
function installation({ kind, executable }: BlenderVersion): string[] {
  if (kind === 'module') {
    const says = 'import json, sys; print(json.dumps([sys.prefix, sys.base_prefix, *sys.path]))';
    const folders = JSON.parse(execFileSync(executable, ['-c', says], { encoding: 'utf8' })) as string[];
    return [...new Set(folders)].filter((folder) => folder !== '' && existsSync(folder));
  }
  const started = foundInPath(executable);
  return started === undefined ? [] : [path.dirname(realpathSync(started)), started];
}

function foundInPath(program: string): string | undefined {
  if (program.includes('/')) return path.resolve(program);
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.map((folder) => path.resolve(folder, program)).find((file) => existsSync(file));
}

/** As Linux names them: /dev/dri for all, and what belongs to NVIDIA (nvidia0, nvidiactl, ...) and AMD (kfd). */
function graphicsDevices(): string[] {
  return readdirSync('/dev')
    .filter((name) => /^(dri|kfd|nvidia.*)$/.test(name))
    .map((name) => `/dev/${name}`);
}
