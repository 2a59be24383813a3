/** A file that Blender has missed, and that may lie beside the scene in storage. */
export interface WantedAsset {
  /** Relative to the scene's folder; with `*` at the end all that begin so. */
  readonly path: string;
  /** Whether only some frames show it, as a picture of a sequence. */
  readonly atFrames: boolean;
}

/** So many versions of scenes are remembered. */
const mostScenes = 1_000;

/**
 * What scenes are known to need beside them, so that only the first job on a version of a scene has to ask Blender. What not
 * every frame needs is not remembered: the same job gets the same files on every worker, and its frames the same
 * fingerprint.
 */
export class NeededAssets {
  readonly #byScene = new Map<string, ReadonlySet<string>>();

  /** The names that the frames of a job need, as far as they are known. */
  of(scene: string, wanted: readonly WantedAsset[]): string[] {
    const lasting = wanted.filter(({ atFrames }) => !atFrames).map(({ path }) => path);
    const known = new Set([...(this.#byScene.get(scene) ?? []), ...lasting]);
    if (known.size > 0) this.#remember(scene, known);
    return [...new Set([...known, ...wanted.map(({ path }) => path)])];
  }

  #remember(scene: string, known: ReadonlySet<string>): void {
    this.#byScene.delete(scene);
    this.#byScene.set(scene, known);
    const [oldest] = this.#byScene.keys();
    if (this.#byScene.size > mostScenes && oldest !== undefined) this.#byScene.delete(oldest);
  }
}
