import { setTimeout as sleep } from 'node:timers/promises';
import { localPathOf } from 'kafka-runner';
import type { MinioClient, ObjectInfo } from 'kafka-runner';

const everyMs = 1_000;

/** Copies what arrives in a bucket into a folder, for people who have no S3 client at hand; `onFrame` gets each path. */
export class FrameMirror {
  readonly #storage: MinioClient;
  readonly #bucket: string;
  readonly #folder: string;
  readonly #onFrame: (file: string) => void;
  readonly #copied = new Map<string, string>();

  constructor(storage: MinioClient, bucket: string, folder: string, onFrame: (file: string) => void) {
    this.#storage = storage;
    this.#bucket = bucket;
    this.#folder = folder;
    this.#onFrame = onFrame;
  }

  /** Goes on until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for await (const object of this.#storage.listObjects(this.#bucket, '')) await this.#copy(object);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #copy({ key, etag, lastModified }: ObjectInfo): Promise<void> {
    const version = `${etag} ${lastModified.toISOString()}`;
    if (this.#copied.get(key) === version) return;
    const file = localPathOf(this.#folder, key);
    await this.#storage.downloadFile(this.#bucket, key, file);
    this.#copied.set(key, version);
    this.#onFrame(file);
  }
}
