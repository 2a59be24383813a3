import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { probeBlender, type BlenderVersion } from '../../packages/kafka-render/src/blender/blender-version.ts';
import { cacheFolder } from '../cache.ts';
import { writeByteScene } from './byte-scenes.ts';
import { runInBlender } from './run-in-blender.ts';
import { blenderScenes } from './scene-names.ts';
import type { SceneName } from './scene-names.ts';

const script = join(import.meta.dirname, 'make_scene.py');

/** Makes scenes, unless told otherwise: `npm run test:blenders` names others by TEST_BLENDER. */
const usualBlender = process.env['TEST_BLENDER'] ?? 'blender';

/**
 * The path of a test scene, `.../NAME/NAME.blend`, made when it is not in the cache. What belongs to it (the texture
 * and the library of `textured-linked`) lies beside it, and nothing else. Do not write to it: others share it.
 */
export async function makeScene(name: SceneName, executable = usualBlender): Promise<string> {
  const blender = await probedBlender(executable);
  const scenes = await scenesFolder(blender);
  const folder = join(scenes, name);
  if (!(await exists(folder))) {
    await makeFolder(name, folder, blender);
  }
  return join(folder, `${name}.blend`);
}

/** What decides the bytes of scenes. */
const sourceFiles = ['make_scene.py', 'scene_contents.py', 'scene_outputs.py', 'byte-scenes.ts'];

/** A new Blender, or other sources, make new scenes. */
async function scenesFolder({ version }: BlenderVersion): Promise<string> {
  const sources = await Promise.all(sourceFiles.map((file) => readFile(join(import.meta.dirname, file))));
  const hash = createHash('sha256').update(Buffer.concat(sources)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), 'scenes', `${version}-${hash}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

const probed = new Map<string, Promise<BlenderVersion>>();

function probedBlender(executable: string): Promise<BlenderVersion> {
  const blender = probed.get(executable) ?? probeBlender(executable);
  probed.set(executable, blender);
  return blender;
}

/** Made aside and renamed, so that a scene that is there is whole; of two makers the first one wins. */
async function makeFolder(name: SceneName, folder: string, blender: BlenderVersion): Promise<void> {
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

async function writeScene(name: SceneName, file: string, blender: BlenderVersion): Promise<void> {
  if (!isBlenderScene(name)) {
    return writeByteScene(name, file, await makeScene('tiny', blender.executable));
  }
  await runInBlender(blender, script, [name, file]);
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
