import { isJsonObject, type RawRecord } from 'kafka-runner';
import type { JobPlace } from '../job-name.ts';
import { fieldsOf, placeName, textOf, type SentJob } from '../named-job.ts';
import { readError, readResult } from '../verify/terminal-record.ts';

/** What is known of a job. */
export interface WatchedJob extends SentJob {
  /** `sent`, what the progress topic says, and in the end `completed`, `failed` or `cancelled`. */
  readonly state: string;
  /** Whether result or error topic say that it is over: nothing else counts. */
  readonly isOver: boolean;
  readonly attempt?: number;
  readonly worker?: string;
  readonly framesDone?: number;
  readonly framesPerMinute?: number;
  readonly etaSeconds?: number;
  /** Why it waits, or has ended so. */
  readonly code?: string;
  readonly message?: string;
}

interface Start {
  readonly attempt: number;
  readonly timeMs: number;
  readonly framesDone: number;
}

export interface BoardTopics {
  readonly inTopic: string;
  readonly outTopic: string;
  readonly errorTopic: string;
  readonly progressTopic?: string | undefined;
}

/** Jobs, and what the topics say of them. */
export class JobBoard {
  readonly #topics: BoardTopics;
  readonly #jobs = new Map<string, WatchedJob>();
  /** Since when frames are counted. */
  readonly #starts = new Map<string, Start>();
  #changed = new Set<string>();

  constructor(topics: BoardTopics) {
    this.#topics = topics;
  }

  add(job: SentJob): void {
    const name = placeName(job);
    if (this.#jobs.has(name)) return;
    this.#jobs.set(name, { ...job, state: 'sent', isOver: false });
    this.#changed.add(name);
  }

  get jobs(): readonly WatchedJob[] {
    return [...this.#jobs.values()];
  }

  get isOver(): boolean {
    return this.jobs.every((job) => job.isOver);
  }

  /** The jobs that have changed since this was last asked. */
  takeChanged(): readonly WatchedJob[] {
    const changed = [...this.#changed].flatMap((name) => this.#jobs.get(name) ?? []);
    this.#changed = new Set();
    return changed;
  }

  forgetEnded(): void {
    for (const [name, { isOver }] of this.#jobs) if (isOver) this.#jobs.delete(name);
  }

  /** A record of any of the topics; of jobs that are not on the board nothing is kept. */
  take(record: RawRecord): void {
    const { outTopic, errorTopic, progressTopic } = this.#topics;
    if (record.topic === progressTopic) this.#takeProgress(fieldsOf(record.value));
    if (record.topic === outTopic) this.#takeResult(record);
    if (record.topic === errorTopic) this.#takeError(record);
  }

  #takeResult(record: RawRecord): void {
    const said = readResult(record);
    if (said.kind !== 'result') return;
    this.#change(said.job, ({ numFrames }) => ({
      state: 'completed',
      isOver: true,
      ...(numFrames !== undefined && { framesDone: numFrames }),
      etaSeconds: 0,
    }));
  }

  #takeError(record: RawRecord): void {
    const said = readError(record);
    if (said.kind !== 'error' || !this.#jobs.has(placeName(said.job))) return;
    const { code, message } = fieldsOf(record.value);
    const state = code === 'cancelled' ? 'cancelled' : 'failed';
    this.#change(said.job, () => ({
      state,
      isOver: true,
      code: textOf(code),
      message: textOf(message),
      etaSeconds: 0,
    }));
  }

  #takeProgress(event: Readonly<Record<string, unknown>>): void {
    const place = placeOf(event);
    if (event['kind'] !== 'job' || place === undefined) return;
    this.#change(place, ({ numFrames }) => {
      const { state, attempt, worker, framesDone, code, message, etaSeconds } = event;
      const rate = this.#rate(place, Number(attempt), Number(framesDone ?? 0), Date.parse(String(event['time'])));
      const left = (numFrames ?? 0) - Number(framesDone ?? 0);
      const eta = typeof etaSeconds === 'number' ? etaSeconds : rate > 0 ? (left / rate) * 60 : undefined;
      return {
        state: textOf(state),
        attempt: Number(attempt),
        worker: textOf(worker),
        ...(typeof framesDone === 'number' && { framesDone }),
        ...(rate > 0 && { framesPerMinute: rate }),
        ...(eta !== undefined && { etaSeconds: eta }),
        ...(code !== undefined && { code: textOf(code) }),
        ...(message !== undefined && { message: textOf(message) }),
      };
    });
  }

  /** Frames a minute since this attempt was first heard of; 0 while that is not known. */
  #rate(place: JobPlace, attempt: number, framesDone: number, timeMs: number): number {
    const name = placeName(place);
    const start = this.#starts.get(name);
    if (start === undefined || start.attempt !== attempt) {
      this.#starts.set(name, { attempt, timeMs, framesDone });
      return 0;
    }
    const minutes = (timeMs - start.timeMs) / 60_000;
    return minutes > 0 ? Math.max(0, framesDone - start.framesDone) / minutes : 0;
  }

  #change(place: JobPlace, changes: (job: WatchedJob) => Partial<WatchedJob>): void {
    const name = placeName(place);
    const job = this.#jobs.get(name);
    // Whatever comes late: over is over.
    if (job === undefined || job.isOver) return;
    this.#jobs.set(name, { ...job, ...changes(job) });
    this.#changed.add(name);
  }
}

function placeOf(event: unknown): JobPlace | undefined {
  if (!isJsonObject(event)) return undefined;
  const { topic, partition, offset } = event;
  const isPlace = typeof topic === 'string' && typeof partition === 'number' && typeof offset === 'number';
  return isPlace ? { topic, partition, offset } : undefined;
}
