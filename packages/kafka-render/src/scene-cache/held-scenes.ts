/** A scene's file on the local disk, in a folder that goes with it. */
export interface LocalScene {
  /** Absolute path; ends with the scene's own name. Read-only. */
  readonly file: string;
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly folder: AsyncDisposable;
  /** What lies beside it in the folder, under the same names as in storage. */
  readonly assets: readonly LocalAsset[];
  /** Of the cache: the scene's own, and those of the assets. */
  readonly entries: readonly string[];
}

export interface LocalAsset {
  /** Relative to the scene's folder. */
  readonly name: string;
  readonly etag: string;
}

interface Held {
  readonly scene: LocalScene;
  users: number;
  lastUse: Date;
}

/**
 * Scenes that jobs use, and the last few that jobs have used: a job that wants one of them gets the very file, so that a
 * Blender that has it open may go on with it.
 */
export class HeldScenes {
  readonly #held = new Map<string, Held>();
  readonly #keep: number;
  readonly #keepMs: number;
  readonly #onGone: (name: string, lastUse: Date) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param keep how many stay that nobody uses
   * @param keepMs how long they stay after the last use of any: nobody else can evict them meanwhile
   * @param onGone called after one was let go of
   */
  constructor(keep: number, keepMs: number, onGone: (name: string, lastUse: Date) => Promise<void>) {
    this.#keep = keep;
    this.#keepMs = keepMs;
    this.#onGone = onGone;
  }

  /** The scene, for one user more. */
  use(name: string): LocalScene | undefined {
    const held = this.#held.get(name);
    if (!held) return undefined;
    held.users += 1;
    return held.scene;
  }

  /** A scene that was brought, for its first user. Of two that were brought at the same time one is kept. */
  async add(name: string, scene: LocalScene): Promise<LocalScene> {
    const other = this.use(name);
    if (other) {
      await scene.folder[Symbol.asyncDispose]();
      return other;
    }
    this.#held.set(name, { scene, users: 1, lastUse: new Date() });
    return scene;
  }

  /** One user less. */
  async release(name: string): Promise<void> {
    const held = this.#held.get(name);
    if (!held) return;
    held.users -= 1;
    held.lastUse = new Date();
    // Behind those that were used before.
    this.#held.delete(name);
    this.#held.set(name, held);
    clearTimeout(this.#timer);
    // What cannot be let go of now is with the next use, or at the end.
    this.#timer = setTimeout(() => void this.#letGo(0).catch(() => undefined), this.#keepMs).unref();
    await this.#letGo(this.#keep);
  }

  /** Those that nobody uses go. */
  async letGoOfIdle(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#letGo(0);
  }

  async #letGo(keep: number): Promise<void> {
    const idle = [...this.#held].filter(([, { users }]) => users === 0);
    const gone = idle.slice(0, Math.max(0, idle.length - keep));
    for (const [name] of gone) this.#held.delete(name);
    await Promise.all(
      gone.map(async ([, { scene, lastUse }]) => {
        await scene.folder[Symbol.asyncDispose]();
        await Promise.all(scene.entries.map((entry) => this.#onGone(entry, lastUse)));
      }),
    );
  }
}
