import type { Job } from 'kafka-runner';
import { parseProgressLine } from './blender/progress-line.ts';
import type { FrameRange } from './frames/frame-range.ts';

/** A frame of few samples prints a hundred lines a second: more than anybody is told. */
const apartMs = 100;

/** What is left to render, and where what is learned of it goes. */
export interface RenderProgressContext {
  /** In the order in which Blender renders them. */
  readonly ranges: readonly FrameRange[];
  /** Frames of the job that are in storage already. */
  readonly delivered: Iterable<number>;
  readonly report: Job['report'];
  /** Milliseconds. */
  readonly now?: () => number;
}

/** Tells those who watch how far the frames of a job are: by the lines that Blender prints, and by what is delivered. */
export class RenderProgress implements Disposable {
  readonly #context: RenderProgressContext;
  readonly #now: () => number;
  readonly #delivered: Set<number>;
  #startedMs: number | undefined;
  #nextMs = -Infinity;

  constructor(context: RenderProgressContext) {
    this.#context = context;
    this.#now = context.now ?? (() => performance.now());
    this.#delivered = new Set(context.delivered);
  }

  /** A line that Blender has printed. */
  printed(line: string): void {
    const nowMs = this.#now();
    if (nowMs < this.#nextMs) return;
    const said = parseProgressLine(line);
    if (said?.frame === undefined) return;
    this.#nextMs = nowMs + apartMs;
    this.#startedMs ??= nowMs;
    const { frame, samples, samplesTotal: total } = said;
    const part =
      samples !== undefined && total !== undefined && total > 0 ? { sample: samples, samples: total } : nothing;
    const done = framesBefore(frame, this.#context.ranges) + Math.min(1, (part.sample ?? 0) / (part.samples ?? 1));
    const etaSeconds = remainingSeconds((nowMs - this.#startedMs) / 1_000, done, framesIn(this.#context.ranges));
    this.#context.report({ frame, ...part, etaSeconds });
  }

  /** A frame is in storage, whole. */
  frameDelivered(frame: number): void {
    this.#delivered.add(frame);
    this.#context.report({ framesDone: this.#delivered.size });
  }

  /** Nothing renders any more. */
  [Symbol.dispose](): void {
    this.#nextMs = Infinity;
    this.#context.report({ frame: undefined, ...nothing, etaSeconds: undefined });
  }
}

const nothing = { sample: undefined, samples: undefined };

/** By what was done until now; undefined before anything was. */
export function remainingSeconds(elapsedSeconds: number, done: number, total: number): number | undefined {
  if (done <= 0) return undefined;
  return Math.round((elapsedSeconds * Math.max(0, total - done) * 10) / done) / 10;
}

function framesBefore(frame: number, ranges: readonly FrameRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + Math.min(Math.max(frame - first, 0), last - first + 1), 0);
}

function framesIn(ranges: readonly FrameRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}
