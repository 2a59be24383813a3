import { untilAborted } from 'kafka-runner';

/** A scene that was brought, in a place where it stays until the last who uses it has gone. */
export interface Download {
  readonly file: string;
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
}

/** How to bring a scene and how to forget it again; `remove` runs once, whatever `bring` came to. */
export interface DownloadSteps {
  bring(signal: AbortSignal): Promise<Download>;
  remove(): Promise<void>;
}

interface Shared {
  readonly steps: DownloadSteps;
  readonly download: Promise<Download>;
  readonly abort: AbortController;
  users: number;
}

/** Downloads under way. Jobs that want the same share one, which goes on for as long as one of them still wants it. */
export class SharedDownloads {
  readonly #shared = new Map<string, Shared>();
  readonly #endings = new Set<Promise<void>>();

  /**
   * Brings what `name` stands for, or joins who already does, and hands it to `use`.
   *
   * @throws the reason of `signal` at once when it is aborted; the download itself ends only when nobody else waits
   */
  async with<R>(
    name: string,
    signal: AbortSignal,
    steps: () => DownloadSteps,
    use: (download: Download) => Promise<R>,
  ): Promise<R> {
    const shared = this.#shared.get(name) ?? this.#start(name, steps());
    shared.users += 1;
    try {
      return await use(await untilAborted(shared.download, signal));
    } finally {
      shared.users -= 1;
      if (shared.users === 0) this.#end(name, shared);
    }
  }

  /** Resolves when everything that nobody uses any more is gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#endings);
  }

  #start(name: string, steps: DownloadSteps): Shared {
    const abort = new AbortController();
    const shared: Shared = { steps, download: steps.bring(abort.signal), abort, users: 0 };
    this.#shared.set(name, shared);
    // Who comes after a failure tries anew.
    shared.download.catch(() => this.#forget(name, shared));
    return shared;
  }

  #end(name: string, shared: Shared): void {
    this.#forget(name, shared);
    shared.abort.abort();
    const ending = removeAfter(shared).finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  #forget(name: string, shared: Shared): void {
    if (this.#shared.get(name) === shared) this.#shared.delete(name);
  }
}

async function removeAfter({ download, steps }: Shared): Promise<void> {
  await Promise.allSettled([download]);
  // What cannot be removed now goes with the other leftovers at the next start.
  await steps.remove().catch(() => undefined);
}
