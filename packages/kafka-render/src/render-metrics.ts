import type { MetricsRegistry } from 'kafka-runner';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { BlenderVersion } from './blender/blender-version.ts';
import type { FrameEvent } from './blender/render-report.ts';
import type { StagedScene } from './scene-cache.ts';

export interface RendererAbout {
  /** Version of Kafka Render. */
  readonly version: string;
  readonly blender: Pick<BlenderVersion, 'kind' | 'version'>;
}

/** Seconds: a frame may take a hundredth of one, or hours. */
const frameBuckets = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];

/** What rendering adds to the metrics of a runner. */
export class RenderMetrics {
  readonly #scenes: Counter<'result'>;
  readonly #frameSeconds: Histogram;
  readonly #deliveredFrames: Counter;
  readonly #takenOverFrames: Counter;
  readonly #uploadedBytes: Counter;

  constructor(registry: MetricsRegistry, about: RendererAbout) {
    const registers = [registry];
    const counter = (name: string, help: string): Counter =>
      new Counter({ name: `kafka_render_${name}_total`, help, registers });
    registerAbout(registry, about);
    this.#scenes = new Counter({
      name: 'kafka_render_scene_cache_requests_total',
      help: 'Scenes that jobs asked for, by result: hit (it was on the disk) or miss (it was being fetched for another job, or had to be).',
      labelNames: ['result'],
      registers,
    });
    for (const result of ['hit', 'miss']) this.#scenes.inc({ result }, 0);
    this.#frameSeconds = new Histogram({
      name: 'kafka_render_frame_seconds',
      help: 'How long Blender took for a frame, of those that it has rendered in attempts that were not ended.',
      buckets: frameBuckets,
      registers,
    });
    this.#deliveredFrames = counter('frames_delivered', 'Frames that were put into storage, with all their files.');
    const takenOver = 'Frames that an earlier attempt had delivered, so that they were not rendered again.';
    this.#takenOverFrames = counter('frames_taken_over', takenOver);
    this.#uploadedBytes = counter('uploaded_bytes', 'Bytes of frames that were put into storage.');
  }

  staged({ fetched }: Pick<StagedScene, 'fetched'>): void {
    this.#scenes.inc({ result: fetched ? 'miss' : 'hit' });
  }

  rendered(frames: readonly Pick<FrameEvent, 'elapsedSeconds'>[]): void {
    for (const { elapsedSeconds } of frames) this.#frameSeconds.observe(elapsedSeconds);
  }

  delivered(): void {
    this.#deliveredFrames.inc();
  }

  takenOver(frames: number): void {
    this.#takenOverFrames.inc(frames);
  }

  uploaded(bytes: number): void {
    this.#uploadedBytes.inc(bytes);
  }
}

function registerAbout(registry: MetricsRegistry, { version, blender }: RendererAbout): void {
  const info = new Gauge({
    name: 'kafka_render_info',
    help: 'Versions of Kafka Render and of its Blender, and whether that is an executable or a module; always 1.',
    labelNames: ['version', 'blender_version', 'blender_kind'],
    registers: [registry],
  });
  info.set({ version, blender_version: blender.version, blender_kind: blender.kind }, 1);
}
