import { posix } from 'node:path';
import {
  AccessDeniedError,
  joinKey,
  type MinioClient,
  NoSuchKeyError,
  type ObjectInfo,
  type ObjectPath,
  RejectedError,
} from 'kafka-runner';
import { mapConcurrently } from '../map-concurrently.ts';

/** A file that lies beside a scene in storage. */
export interface Asset {
  /** Relative to the scene's folder. */
  readonly name: string;
  readonly key: string;
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
}

/** One that does not, or may not be looked at. */
export interface AbsentAsset {
  readonly name: string;
  readonly why: string;
}

export interface FoundAssets {
  /** By name, sorted. */
  readonly there: readonly Asset[];
  readonly absent: readonly AbsentAsset[];
}

export interface AssetQuery {
  readonly storage: Pick<MinioClient, 'headObject' | 'listObjects'>;
  readonly scene: ObjectPath;
  /** Of all of them together. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const headsAtATime = 8;
/** Each costs a look at every job. */
const mostAssets = 20_000;

/**
 * Looks for files beside a scene: below its own folder in its bucket, never above it. A name comes from the scene, and is
 * checked like any path of a message.
 * @param names relative to the scene's folder; with `*` at the end all that begin so
 * @throws RejectedError `assets-too-large`
 */
export async function findAssets(names: readonly string[], query: AssetQuery): Promise<FoundAssets> {
  const looked = await mapConcurrently([...new Set(names)], headsAtATime, (name) => look(name, query));
  const there = new Map(looked.flatMap(({ assets }) => assets.map((asset) => [asset.name, asset])));
  const found = [...there.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  checkBounds(found, query.maxBytes);
  return { there: found, absent: looked.flatMap(({ absent }) => absent ?? []) };
}

interface Looked {
  readonly assets: readonly Asset[];
  readonly absent?: AbsentAsset;
}

async function look(name: string, query: AssetQuery): Promise<Looked> {
  try {
    return { assets: name.endsWith('*') ? await listed(name, query) : [await lookedAt(name, query)] };
  } catch (error) {
    const isAbsent = error instanceof NoSuchKeyError || error instanceof AccessDeniedError || isBadPath(error);
    if (!isAbsent) throw error;
    return { assets: [], absent: { name, why: error.message } };
  }
}

async function lookedAt(name: string, { storage, scene, signal }: AssetQuery): Promise<Asset> {
  const key = keyBeside(scene, name);
  if (key === scene.key) throw new RejectedError('bad-object-path', 'It is the scene itself.');
  return assetOf(name, await storage.headObject(scene.bucket, key, { signal }));
}

async function listed(pattern: string, { storage, scene, signal }: AssetQuery): Promise<Asset[]> {
  const begin = pattern.slice(0, -1);
  // Whatever follows: it must be a good name as far as it goes.
  const prefix = keyBeside(scene, `${begin}x`).slice(0, -1);
  const above = prefix.length - begin.length;
  const assets: Asset[] = [];
  for await (const object of storage.listObjects(scene.bucket, prefix, { maxKeys: mostAssets + 1, signal }))
    if (isGoodKey(object.key) && object.key !== scene.key) assets.push(assetOf(object.key.slice(above), object));
  if (assets.length > 0) return assets;
  throw new RejectedError('bad-object-path', `There is no object that begins with ${JSON.stringify(prefix)}.`);
}

function assetOf(name: string, { key, etag, size }: ObjectInfo): Asset {
  return { name, key, etag, size };
}

/** @throws RejectedError `bad-object-path` for one that would not be below the scene's folder */
function keyBeside({ key }: ObjectPath, name: string): string {
  const folder = posix.dirname(key);
  return joinKey(folder === '.' ? '' : folder, name);
}

/** Keys of a listing were made by anybody: markers of folders, and what is no path on a disk. */
function isGoodKey(key: string): boolean {
  try {
    return joinKey('', key) === key;
  } catch {
    return false;
  }
}

function isBadPath(error: unknown): error is RejectedError {
  return error instanceof RejectedError && error.code === 'bad-object-path';
}

function checkBounds(assets: readonly Asset[], maxBytes: number): void {
  const bytes = assets.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= maxBytes && assets.length <= mostAssets) return;
  const what = `The frames use ${assets.length} files beside the scene, of ${bytes} bytes in all`;
  const bound = `a job may use ${mostAssets} files of ${maxBytes} bytes (--max-asset-bytes)`;
  throw new RejectedError('assets-too-large', `${what}; ${bound}. Use fewer or smaller ones, or raise the bound`);
}
