import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  ConfigError,
  NoSuchBucketError,
  NoSuchKeyError,
  parseObjectPath,
  RejectedError,
  type MinioClient,
} from 'kafka-runner';
import { fileSha256, packScene, type PackedScene } from './pack-scene.ts';

export interface SceneOptions {
  readonly blender: string;
  readonly assets: 'pack' | 'leave';
  readonly scenesBucket: string;
}

/** A scene that is in storage. */
export interface StagedScene {
  /** `bucket/key` */
  readonly scenePath: string;
  readonly how: 'uploaded' | 'there already' | 'as it is';
  /** Files that were packed into what was uploaded. */
  readonly packed: readonly string[];
}

/** Brings a scene of this machine into storage, or looks that one is there. Throws ConfigError where there is neither. */
export async function stageScene(storage: MinioClient, scene: string, options: SceneOptions): Promise<StagedScene> {
  if (existsSync(scene)) return await uploadScene(storage, scene, options);
  await checkScene(storage, scene);
  return { scenePath: scene, how: 'as it is', packed: [] };
}

async function checkScene(storage: MinioClient, scene: string): Promise<void> {
  try {
    const { bucket, key } = parseObjectPath(scene);
    await storage.headObject(bucket, key);
  } catch (cause) {
    const isGone = cause instanceof NoSuchKeyError || cause instanceof NoSuchBucketError;
    if (!isGone && !(cause instanceof RejectedError && cause.code === 'bad-object-path')) throw cause;
    throw new ConfigError(`there is no scene ${scene}: neither a file here, nor bucket/key in storage`, { cause });
  }
}

async function uploadScene(storage: MinioClient, scene: string, options: SceneOptions): Promise<StagedScene> {
  if (!scene.endsWith('.blend')) throw new ConfigError(`${scene} is no scene: its name must end with .blend`);
  const folder = await mkdtemp(path.join(tmpdir(), 'kafka-renderctl-'));
  try {
    const { file, sha256, packed } = await prepared(scene, folder, options);
    const { scenesBucket: bucket } = options;
    // The name stays for people; the sum alone decides.
    const key = `${sha256.slice(0, 32)}/${path.basename(scene)}`;
    const how = (await isThere(storage, bucket, key)) ? 'there already' : 'uploaded';
    if (how === 'uploaded') {
      await storage.createBucket(bucket);
      await storage.uploadFile(bucket, key, file, { metadata: { 'scene-sha256': sha256 } });
    }
    return { scenePath: `${bucket}/${key}`, how, packed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepared(scene: string, folder: string, { assets, blender }: SceneOptions): Promise<PackedScene> {
  if (assets === 'pack') return await packScene(scene, blender, folder);
  return { file: scene, sha256: await fileSha256(scene), packed: [] };
}

async function isThere(storage: MinioClient, bucket: string, key: string): Promise<boolean> {
  try {
    await storage.headObject(bucket, key);
    return true;
  } catch (error) {
    if (error instanceof NoSuchKeyError || error instanceof NoSuchBucketError) return false;
    throw error;
  }
}
