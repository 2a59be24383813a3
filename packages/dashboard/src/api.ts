// What server and browser tell each other: types, and no more than a list beside them, for the browser gets this file too.

/** `queued`: no worker has begun it, as far as is known. The others are those of `progress_event.schema.json`. */
export type JobState =
  | 'queued'
  | 'accepted'
  | 'staged'
  | 'rendering'
  | 'uploading'
  | 'waiting'
  | 'kept'
  | 'completed'
  | 'failed'
  | 'rejected'
  | 'cancelled';

/** What one filters by: `running` is from accepted to uploading, `waiting` also kept, `failed` also rejected. */
export type Stage = 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled';

export const stages: readonly Stage[] = ['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'];

export interface JobRow {
  readonly partition: number;
  readonly offset: number;
  /** TOPIC-PARTITION-OFFSET */
  readonly name: string;
  readonly state: JobState;
  readonly stage: Stage;
  readonly jobId: string | null;
  readonly scene: string | null;
  /** As people may see it; never taken as a place by the browser. */
  readonly output: string | null;
  readonly startFrame: number | null;
  readonly numFrames: number | null;
  readonly framesDone: number | null;
  readonly submittedMs: number | null;
  readonly endedMs: number | null;
  readonly worker: string | null;
  readonly code: string | null;
  readonly etaSeconds: number | null;
}

export interface JobPage {
  readonly jobs: readonly JobRow[];
  /** Where the next page begins; null: this is the last one. */
  readonly next: string | null;
}

export type StageCounts = Readonly<Record<Stage, number>>;

export interface JobDetail extends JobRow {
  readonly attempt: number | null;
  readonly message: string | null;
  /** What the code means, and what to do; null for codes of others. */
  readonly advice: ErrorAdvice | null;
  /** Seconds by phase, in the order of the result's headers; `total` is their sum. */
  readonly phases: readonly { readonly phase: string; readonly seconds: number }[];
  /** The states of the present attempt. */
  readonly states: readonly { readonly state: string; readonly time: string }[];
  readonly frame: number | null;
  readonly sample: number | null;
  readonly samples: number | null;
  readonly wasSentAgain: boolean;
  readonly retryOf: string | null;
}

export interface ErrorAdvice {
  readonly outcome: string;
  readonly meaning: string;
  readonly advice: string;
}

export interface FramePage {
  readonly frames: readonly { readonly frame: number; readonly version: string; readonly isShown: boolean }[];
  /** The frame that the next page begins with. */
  readonly next: number | null;
}

export interface WorkerRow {
  readonly worker: string;
  readonly state: string;
  readonly version: string;
  readonly slots: number | null;
  readonly busy: number | null;
  readonly lag: number | null;
  readonly partitions: number | null;
  readonly heardMs: number | null;
  /** Jobs that it ended in the last day. */
  readonly ended: number;
}

export interface Activity {
  readonly bucketSeconds: number;
  readonly buckets: readonly {
    readonly startMs: number;
    readonly completed: number;
    readonly failed: number;
    /** Jobs that were sent and not ended, at the end of the bucket. */
    readonly lag: number;
  }[];
}

export interface About {
  readonly inTopic: string;
  readonly canCancel: boolean;
  readonly hasProgress: boolean;
  readonly hasStorage: boolean;
}

/** Sent to browsers as `change`: names of jobs that are different now; null: too many to name. */
export interface Change {
  readonly jobs: readonly string[] | null;
  readonly workers: boolean;
}
