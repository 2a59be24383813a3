import { frameOfKey, frameRange, keyWindows, type FrameRange } from 'kafka-render';
import { parseObjectPrefix, RejectedError, type MinioClient, type ObjectPath } from 'kafka-runner';
import type { JobOutput } from '../history/job-queries.ts';

/** The main file of a frame. */
export interface FrameObject {
  readonly frame: number;
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly size: number;
}

/** A page of frames; a listing ends there, however many a job has. */
const framesPerPage = 120;

export interface FramesFound {
  readonly frames: readonly FrameObject[];
  /** The frame that the next page begins with. */
  readonly next: number | null;
}

/**
 * What lies in storage of a job's frames. Nobody but the job says where to look, and nothing is looked at but files named
 * after its frames, right below its output location: whoever asks can choose a frame, never a key.
 */
export class JobFrames {
  readonly #storage: MinioClient;
  readonly #buckets: readonly string[] | undefined;

  /** @param buckets the only ones that are looked at; undefined: any that a job names */
  constructor(storage: MinioClient, buckets: readonly string[] | undefined) {
    this.#storage = storage;
    this.#buckets = buckets;
  }

  /** From a frame on, in their order. None of a job that names no place for them, or none that may be shown. */
  async list(job: JobOutput, from: number, signal: AbortSignal): Promise<FramesFound> {
    const place = this.#placeOf(job);
    if (place === undefined || from > place.range.last) return { frames: [], next: null };
    const range = { first: Math.max(from, place.range.first), last: place.range.last };
    const frames = await this.#find(place.output, range, framesPerPage + 1, signal);
    const next = frames[framesPerPage]?.frame ?? null;
    return { frames: frames.slice(0, framesPerPage), next };
  }

  async find(job: JobOutput, frame: number, signal: AbortSignal): Promise<FrameObject | undefined> {
    const place = this.#placeOf(job);
    if (place === undefined || frame < place.range.first || frame > place.range.last) return undefined;
    const [found] = await this.#find(place.output, { first: frame, last: frame }, 1, signal);
    return found;
  }

  async #find(output: ObjectPath, range: FrameRange, limit: number, signal: AbortSignal): Promise<FrameObject[]> {
    const found = new Map<number, FrameObject>();
    for (const { prefix, startAfter, isBehind } of keyWindows(output.key, range)) {
      for await (const object of this.#storage.listObjects(output.bucket, prefix, { startAfter, signal })) {
        if (isBehind(object.key) || found.size >= limit) break;
        const frame = frameOfKey(output.key, object.key, range);
        // Several files of a frame: the first one that can be shown.
        if (frame === undefined || isPicture(found.get(frame)?.key)) continue;
        found.set(frame, { frame, bucket: output.bucket, ...object });
      }
    }
    return [...found.values()];
  }

  #placeOf({ output, startFrame, numFrames }: JobOutput): { output: ObjectPath; range: FrameRange } | undefined {
    if (output === null) return undefined;
    try {
      const path = parseObjectPrefix(output);
      if (this.#buckets && !this.#buckets.includes(path.bucket)) return undefined;
      return { output: path, range: frameRange(startFrame, numFrames, Number.MAX_SAFE_INTEGER) };
    } catch (error) {
      // Such a job was refused by its worker for the same reason.
      if (error instanceof RejectedError) return undefined;
      throw error;
    }
  }
}

/** What sharp decodes of the formats that Blender writes. */
export function isPicture(key: string | undefined): boolean {
  return key !== undefined && /\.(?:png|jpe?g|tiff?|webp)$/i.test(key);
}
