import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { probeBlender } from '../../packages/kafka-render/src/blender/blender-version.ts';
import { cacheFolder } from '../cache.ts';
import { writeByteScene } from './byte-scenes.ts';
import { blenderScenes } from './scene-names.ts';
import type { SceneName } from './scene-names.ts';

const script = join(import.meta.dirname, 'make_scene.py');

/**
 * The path of a test scene, `.../NAME/NAME.blend`, made when it is not in the cache. What belongs to it (the texture
 * and the library of `textured-linked`) lies beside it, and nothing else. Do not write to it: others share it.
 */
export async function makeScene(name: SceneName, blender = 'blender'): Promise<string> {
  const scenes = await scenesFolder(blender);
  const folder = join(scenes, name);
  if (!(await exists(folder))) {
    await makeFolder(name, folder, blender);
  }
  return join(folder, `${name}.blend`);
}

/** A new Blender, or another script, makes new scenes. */
async function scenesFolder(blender: string): Promise<string> {
  const sources = await Promise.all(
    [script, join(import.meta.dirname, 'byte-scenes.ts')].map((file) => readFile(file)),
  );
  const { version } = await versionOf(blender);
  const hash = createHash('sha256').update(Buffer.concat(sources)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), 'scenes', `${version}-${hash}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

const versions = new Map<string, ReturnType<typeof probeBlender>>();

function versionOf(blender: string): ReturnType<typeof probeBlender> {
  const version = versions.get(blender) ?? probeBlender(blender);
  versions.set(blender, version);
  return version;
}

/** Made aside and renamed, so that a scene that is there is whole; of two makers the first one wins. */
async function makeFolder(name: SceneName, folder: string, blender: string): Promise<void> {
  const aside = await mkdtemp(`${folder}.making-`);
  try {
    await writeScene(name, join(aside, `${name}.blend`), blender);
    await rename(aside, folder);
  } catch (error) {
    if (!(await exists(folder))) {
      throw error;
    }
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function writeScene(name: SceneName, file: string, blender: string): Promise<void> {
  if (!isBlenderScene(name)) {
    return writeByteScene(name, file, await makeScene('tiny', blender));
  }
  const before = ['--background', '--factory-startup', '-noaudio', '--python-exit-code', '1'];
  await promisify(execFile)(blender, [...before, '--python', script, '--', name, file], { timeout: 120_000 });
}

function isBlenderScene(name: SceneName): name is keyof typeof blenderScenes {
  return name in blenderScenes;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
