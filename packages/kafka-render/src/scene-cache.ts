import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  ConfigError,
  formatObjectPath,
  JobFolders,
  linkFile,
  type Logger,
  localFileError,
  localPathOf,
  type MinioClient,
  NoSuchBucketError,
  NoSuchKeyError,
  type ObjectPath,
  RejectedError,
  UnavailableError,
} from 'kafka-runner';
import { CacheFolder } from './scene-cache/cache-folder.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { entryName, sceneFileName, sceneName } from './scene-cache/entry-name.ts';
import { type AbsentAsset, type Asset, findAssets, type FoundAssets } from './scene-cache/find-assets.ts';
import { HeldScenes, type LocalAsset, type LocalScene } from './scene-cache/held-scenes.ts';
import { NeededAssets, type WantedAsset } from './scene-cache/needed-assets.ts';
import { type Download, type DownloadSteps, SharedDownloads } from './scene-cache/shared-downloads.ts';

export interface SceneCacheOptions {
  /** Where the scenes are kept. Workers on one machine may share it. */
  readonly folder: string;
  /** Bound on the scenes kept. Those in use stay even beyond it. */
  readonly maxBytes: number;
  /** Bound on the files beside a scene that one job uses. Default: none. */
  readonly maxAssetBytes?: number;
  readonly storage: Pick<MinioClient, 'headObject' | 'downloadFile' | 'listObjects'>;
  readonly logger?: Pick<Logger, 'warn'>;
}

/** A scene that lies on the local disk for a job, until that job releases it. */
export interface StagedScene extends AsyncDisposable {
  /**
   * Absolute path, the same for all jobs on this version of the scene and of what lies beside it; ends with the scene's own
   * name. Read-only.
   */
  readonly file: string;
  /** Stands for the file: the same object as long as the file is there. */
  readonly copy: object;
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** What lies beside it in its folder, and what was looked for and is not in storage. */
  readonly assets: readonly LocalAsset[];
  readonly absent: readonly AbsentAsset[];
  /** Whether it had to be brought from the object store. */
  readonly fetched: boolean;
  /** Lets the file go; again does nothing. */
  release(): Promise<void>;
}

/** How many scenes are held beyond their jobs, and for how long. */
const heldScenes = 8;
const heldMs = 60_000;
const assetsAtATime = 4;

interface Version {
  readonly etag: string;
  readonly size: number;
}

/**
 * Keeps scenes, and what lies beside them, on the local disk by bucket, key and ETag: an unchanged one is fetched once, a
 * replaced one again. The folder holds one file for each, and below `.workers` what each running worker uses right now, as hard links:
 *
 *     scenes/0f3a...-cube.blend
 *     scenes/.workers/OWNER/UUID-N/work/cube.blend
 *     scenes/.workers/OWNER/UUID-N/work/textures/wood.png
 *
 * The last few stay in use for a minute after their jobs.
 */
export class SceneCache implements AsyncDisposable {
  readonly #folder: string;
  readonly #maxAssetBytes: number;
  readonly #storage: SceneCacheOptions['storage'];
  readonly #logger: SceneCacheOptions['logger'];
  readonly #entries: CacheFolder;
  readonly #downloads = new SharedDownloads();
  readonly #needed = new NeededAssets();
  readonly #held = new HeldScenes(heldScenes, heldMs, (name, lastUse) => this.#entries.touch(name, lastUse));
  #workerFolders: Promise<JobFolders> | undefined;

  constructor({ folder, maxBytes, maxAssetBytes = Infinity, storage, logger }: SceneCacheOptions) {
    this.#folder = resolve(folder);
    this.#maxAssetBytes = maxAssetBytes;
    this.#storage = storage;
    this.#logger = logger;
    this.#entries = new CacheFolder(this.#folder, maxBytes);
  }

  /**
   * Makes the folder, removes what a crashed worker left in it, and comes within the bound. `stage` does it when it
   * was not done.
   *
   * @returns the folder in which this worker's jobs find their scenes
   * @throws ConfigError when the folder cannot be used
   */
  async prepare(): Promise<string> {
    try {
      const { own } = await this.#ownFolders();
      await this.#entries.trim();
      return own;
    } catch (cause) {
      const message = `The scene folder ${this.#folder} cannot be used: ${(cause as Error).message}.`;
      throw new ConfigError(message, { cause });
    }
  }

  /**
   * Brings a scene, unless its present version is there already, and what it is known to need beside it. Jobs that want the
   * same at once share one download.
   *
   * @param wanted what else it needs, and is looked for beside it in storage
   * @throws RejectedError `scene-not-found`, `assets-too-large`; otherwise what `MinioClient` throws, and the reason of
   *   `signal`
   */
  async stage(path: ObjectPath, signal: AbortSignal, wanted: readonly WantedAsset[] = []): Promise<StagedScene> {
    const { bucket, key } = path;
    try {
      const head = await this.#storage.headObject(bucket, key, { signal });
      const found = await this.#findAssets(path, head.etag, wanted, signal);
      const held = this.#held.use(sceneName(entryName(path, head.etag), found.there));
      if (held) return this.#staged(path, held, found, false);
      const { copy, fetched } = await this.#bringAnew(path, head, found.there, signal);
      return this.#staged(path, copy, found, fetched);
    } catch (error) {
      signal.throwIfAborted();
      throw stageError(error, path);
    }
  }

  /** Waits for downloads that are being given up, and removes what this worker used. The scenes stay. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#downloads.settled();
    await this.#held.letGoOfIdle();
    const folders = await this.#workerFolders?.catch(() => undefined);
    await folders?.[Symbol.asyncDispose]();
  }

  async #findAssets(scene: ObjectPath, etag: string, wanted: readonly WantedAsset[], signal: AbortSignal) {
    const names = this.#needed.of(entryName(scene, etag), wanted);
    return await findAssets(names, { storage: this.#storage, scene, maxBytes: this.#maxAssetBytes, signal });
  }

  #staged(path: ObjectPath, copy: LocalScene, { absent }: FoundAssets, fetched: boolean): StagedScene {
    const { file, etag, size, assets } = copy;
    let isReleased = false;
    const release = async (): Promise<void> => {
      if (isReleased) return;
      isReleased = true;
      await this.#release(sceneName(entryName(path, etag), assets));
    };
    return { file, etag, size, copy, assets, absent, fetched, release, [Symbol.asyncDispose]: release };
  }

  async #bringAnew(path: ObjectPath, head: Version, found: readonly Asset[], signal: AbortSignal) {
    const folder = await (await this.#ownFolders()).create(randomUUID());
    try {
      const file = join(folder.work, sceneFileName(path.key));
      const { fetched, ...version } = await this.#bring(path, head, file, signal);
      const assets = await this.#bringAssets(path, found, folder.work, signal);
      const entries = [entryName(path, version.etag), ...assets.map(({ entry }) => entry)];
      const scene = { file, ...version, folder, assets, entries };
      const copy = await this.#held.add(sceneName(entryName(path, version.etag), assets), scene);
      return { copy, fetched };
    } catch (error) {
      await folder[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What has changed since it was looked for comes as it is now; what has gone since is missing. */
  async #bringAssets({ bucket }: ObjectPath, assets: readonly Asset[], folder: string, signal: AbortSignal) {
    return await mapConcurrently(assets, assetsAtATime, async (asset) => {
      const { name, key } = asset;
      const file = localPathOf(folder, name);
      await mkdir(dirname(file), { recursive: true });
      try {
        const { etag } = await this.#bring({ bucket, key }, asset, file, signal);
        return { name, etag, entry: entryName({ bucket, key }, etag) };
      } catch (error) {
        if (!(error instanceof NoSuchKeyError)) throw error;
        throw new RejectedError('asset-missing', `It has just been removed: ${error.message}`, { cause: error });
      }
    });
  }

  async #bring(path: ObjectPath, wanted: Version, file: string, signal: AbortSignal) {
    const name = entryName(path, wanted.etag);
    if (await this.#entries.take(name, wanted.size, file)) {
      return { etag: wanted.etag, size: wanted.size, fetched: false };
    }
    const steps = (): DownloadSteps => this.#downloadSteps(path, wanted.size);
    return this.#downloads.with(name, signal, steps, async ({ file: source, etag, size }) => {
      await linkFile(source, file);
      return { etag, size, fetched: true };
    });
  }

  /** Each download has a folder of its own, and with it a link of its own: nobody evicts it before its jobs have it. */
  #downloadSteps(path: ObjectPath, size: number): DownloadSteps {
    const resources = new AsyncDisposableStack();
    return {
      bring: async (signal) => {
        const folders = await this.#ownFolders();
        const { work } = resources.use(await folders.create(randomUUID()));
        return this.#download(path, size, join(work, 'scene'), signal);
      },
      remove: () => resources.disposeAsync(),
    };
  }

  /** The entry is named after the ETag that came with the content: the scene may have been replaced since HEAD. */
  async #download(path: ObjectPath, expected: number, file: string, signal: AbortSignal): Promise<Download> {
    try {
      const fits = (await this.#entries.reserve(expected)) || (await this.#makeRoom());
      if (!fits) this.#logger?.warn({ folder: this.#folder }, 'the scenes in use exceed the bound of the scene cache');
      const { etag, size } = await this.#fetch(path, file, signal);
      await this.#entries.add(file, entryName(path, etag), size);
      return { file, etag, size };
    } finally {
      this.#entries.unreserve(expected);
    }
  }

  async #fetch({ bucket, key }: ObjectPath, file: string, signal: AbortSignal): Promise<Version> {
    try {
      return await this.#storage.downloadFile(bucket, key, file, { signal });
    } catch (error) {
      if (!(error instanceof UnavailableError) || error.code !== 'disk-full') throw error;
      // The disk may be full of scenes that nobody needs now; a second failure is final.
      await this.#held.letGoOfIdle();
      await this.#entries.clear();
      return await this.#storage.downloadFile(bucket, key, file, { signal });
    }
  }

  async #release(name: string): Promise<void> {
    await this.#held.release(name);
    // Scenes that were in use may have kept the cache above its bound. That it stays there for now harms no job.
    await this.#trim().catch(() => undefined);
  }

  async #trim(): Promise<boolean> {
    return (await this.#entries.trim()) || (await this.#makeRoom());
  }

  /** Scenes that are held for nobody count as in use: they are let go of first. */
  async #makeRoom(): Promise<boolean> {
    await this.#held.letGoOfIdle();
    return await this.#entries.trim();
  }

  async #ownFolders(): Promise<JobFolders> {
    this.#workerFolders ??= JobFolders.open(join(this.#folder, '.workers'));
    try {
      return await this.#workerFolders;
    } catch (error) {
      this.#workerFolders = undefined;
      throw error;
    }
  }
}

function stageError(error: unknown, path: ObjectPath): unknown {
  const scene = formatObjectPath(path);
  if (error instanceof NoSuchBucketError || error instanceof NoSuchKeyError) {
    const message = `The scene ${JSON.stringify(scene)} was not found: ${error.message}`;
    return new RejectedError('scene-not-found', message, { cause: error });
  }
  return localFileError(error, `the scene ${JSON.stringify(scene)}`) ?? error;
}
