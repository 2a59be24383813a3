import { untilAvailable, type Logger } from 'kafka-runner';
import pLimit from 'p-limit';
import type { FrameEvent, SceneEvent } from '../blender/render-report.ts';
import type { FrameRange } from '../frames/frame-range.ts';
import { removeBelow } from '../frames/open-below.ts';
import { ProvedFiles } from '../frames/proved-files.ts';
import { expectedFiles, verifyFrames, type ExpectedFile, type VerifiedFrame } from '../frames/verify-frames.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import type { FileSum } from './file-sum.ts';
import { followReport, type ReportedFrame } from './follow-report.ts';
import { uploadFrameFile, type FrameOfFile, type UploadPlace } from './frame-upload.ts';

export interface DeliveryContext extends UploadPlace {
  /** The job's folder, that Blender writes frames to, and the report of what it does. */
  readonly folder: string;
  readonly reportPath: string;
  /** Whether a frame that was rendered without a script of its scene may go up. */
  readonly blockedScripts: 'render' | 'fail' | undefined;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** A file is in storage. */
  readonly onUploaded?: (bytes: number) => void;
  /** All files of a frame are in storage. */
  readonly onDelivered: (frame: number) => void;
  /** While so many frames wait for storage, Blender stands still. */
  readonly maxWaitingFrames: number;
  /** Lets Blender stand still, or go on; each may be called more than once. */
  readonly blender: { readonly pause: () => void; readonly resume: () => void };
}

/** Every file of an attempt, proved, when the command is over. */
interface WholeSet {
  readonly files: readonly VerifiedFrame[];
  readonly scene: SceneEvent;
  readonly reported: readonly FrameEvent[];
}

/** A picture is in memory while it is decoded. */
const framesAtATime = 3;

/**
 * Puts frames into storage while Blender renders on: follows the report, proves each frame's files, uploads what is good
 * and removes it. When storage is slower than Blender, Blender waits. `verify` and `finish` see to what is left when the
 * command is over. Disposing ends what is under way and waits for it.
 */
export class FrameDelivery implements AsyncDisposable {
  readonly #context: DeliveryContext;
  readonly #proved = new ProvedFiles();
  /** By path, each as it was proved, and the sum of what went up. */
  readonly #delivered = new Map<string, { readonly file: VerifiedFrame; readonly sha256: string }>();
  readonly #limit = pLimit(framesAtATime);
  readonly #over = new AbortController();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #following: Promise<unknown>;
  #failure: { readonly error: unknown } | undefined;
  #whole: WholeSet | undefined;

  constructor(context: DeliveryContext) {
    this.#context = context;
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal]);
    const frames = followReport(context.reportPath, { over: this.#over.signal, stop: this.#signal });
    this.#following = this.#follow(frames);
  }

  /**
   * Proves the whole set when the command is over; nothing is proved twice.
   * @throws what `verifyFrames` throws
   */
  async verify(ranges: readonly FrameRange[], scene: SceneEvent, reported: readonly FrameEvent[]): Promise<void> {
    this.#over.abort();
    // From now on nothing is removed: what is not there is delivered, or missing.
    const known = { prove: this.#proved.prove, isDelivered: (path: string) => this.#delivered.has(path) };
    const files = await verifyFrames(this.#context.folder, ranges, scene, reported, known);
    this.#whole = { files, scene, reported };
  }

  /**
   * Waits for the uploads under way, then uploads what is not in storage yet. Throws what an upload threw.
   * @returns every file that this attempt has delivered
   */
  async finish(): Promise<FileSum[]> {
    if (!this.#whole) throw new Error('the frames are not verified yet');
    await this.#following;
    if (this.#failure) throw this.#failure.error;
    const left = this.#whole.files.filter((file) => this.#delivered.get(file.path)?.file !== file);
    const byFrame = Map.groupBy(left, ({ frame }) => frame);
    const uploads = [...byFrame].map(([frame, files]) => ({ files, of: this.#reportedFrame(frame, this.#whole) }));
    await mapConcurrently(uploads, framesAtATime, ({ files, of }) => this.#upload(files, of));
    return [...this.#delivered].map(([path, { sha256 }]) => ({ path, sha256 }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the attempt is over'));
    await this.#following;
  }

  /** Never throws: Blender renders on when an upload has failed for good, and `finish` tells. */
  async #follow(frames: AsyncGenerator<ReportedFrame>): Promise<void> {
    const waiting = new Set<Promise<void>>();
    try {
      for await (const frame of frames) {
        const delivery = this.#deliverInTurn(frame).finally(() => {
          waiting.delete(delivery);
          this.#keepPace(waiting.size);
        });
        waiting.add(delivery);
        this.#keepPace(waiting.size);
      }
    } catch (error) {
      this.#fail(error);
    }
    await Promise.all(waiting);
  }

  #keepPace(waitingFrames: number): void {
    const { blender, maxWaitingFrames } = this.#context;
    if (waitingFrames < maxWaitingFrames) blender.resume();
    else blender.pause();
  }

  async #deliverInTurn(frame: ReportedFrame): Promise<void> {
    try {
      await this.#limit(() => this.#deliver(frame));
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stop.abort(error);
  }

  async #deliver({ scene, event }: ReportedFrame): Promise<void> {
    this.#signal.throwIfAborted();
    if (event.blockedScripts !== null && this.#context.blockedScripts === 'fail') return;
    const expected = [...expectedFiles([event.frame], scene, [event]).values()];
    const files = await this.#proofs(scene, expected);
    if (!files) return;
    await this.#upload(files, { frame: event.frame, files: pathsOf(expected), scene, event });
    if (!this.#over.signal.aborted) files.forEach(removeDelivered);
  }

  /** Undefined when not all of them are good. That fails the attempt, but not now: the check of the whole set says so. */
  async #proofs(scene: SceneEvent, expected: readonly ExpectedFile[]): Promise<VerifiedFrame[] | undefined> {
    const { folder } = this.#context;
    const proofs = await Promise.allSettled(expected.map((file) => this.#proved.prove(folder, scene, file.path, file)));
    const good = proofs.flatMap((proof) => (proof.status === 'fulfilled' ? [proof.value] : []));
    return good.length === proofs.length ? good : undefined;
  }

  #reportedFrame(frame: number | undefined, whole: WholeSet | undefined): FrameOfFile | undefined {
    const event = whole?.reported.findLast((candidate) => candidate.frame === frame);
    if (!whole || !event) return undefined;
    const files = pathsOf([...expectedFiles([event.frame], whole.scene, [event]).values()]);
    return { frame: event.frame, files, scene: whole.scene, event };
  }

  async #upload(files: readonly VerifiedFrame[], of: FrameOfFile | undefined): Promise<void> {
    const { logger, onUploaded, onDelivered } = this.#context;
    for (const file of files) {
      const upload = () => uploadFrameFile(this.#context, file, of, this.#signal);
      const sha256 = await untilAvailable(upload, this.#signal, logger);
      this.#delivered.set(file.path, { file, sha256 });
      onUploaded?.(file.bytes);
    }
    if (of) onDelivered(of.frame);
  }
}

/** Unless it was written anew meanwhile: then it is another one. Synchronous, as `verify` must not find it half gone. */
function removeDelivered({ folder, path, identity }: VerifiedFrame): void {
  removeBelow(folder, path, identity);
}

function pathsOf(files: readonly ExpectedFile[]): string[] {
  return files.map(({ path }) => path).toSorted();
}
