import type { ConsumedRecord } from '../broker/port.ts';
import type { JsonObject } from '../json.ts';

/** What the base calls the states of a job between its begin and its end. An author may have better names. */
export interface StateNames {
  /** `msgToCommand` is over. */
  readonly prepared: string;
  /** The command runs. */
  readonly running: string;
  /** `checkResult` and `makeResponse`. */
  readonly answering: string;
}

/** Why a job is in its state. */
export interface Why {
  readonly code: string;
  readonly message: string;
}

interface StateAt {
  readonly state: string;
  readonly time: string;
}

/** A job whose storage is away again and again has no end of states. */
const maxStates = 20;

const maxMessageLength = 1_000;

/** At most two events a second: none within this after the one before ... */
const apartMs = 500;

/** ... but an end, which has to keep only this from the one before that. */
const secondMs = 1_000;

/** `TOPIC-PARTITION-OFFSET`: the key of a job on the progress and control topics. */
export function jobKey({ topic, partition, offset }: Pick<ConsumedRecord, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}-${partition}-${offset}`;
}

/** What is known of one attempt at a job, and when it may be told. */
export class JobProgress {
  readonly #record: ConsumedRecord;
  readonly #attempt: number;
  #sentMs: readonly [beforeLast: number, last: number];
  #names: JsonObject = {};
  #details: JsonObject = {};
  #states: readonly StateAt[] = [];
  #why: Why | undefined;
  #time = '';
  #isOver = false;

  /** @param before what was known of the attempt before this one, if it is not told yet */
  constructor(record: ConsumedRecord, attempt: number, before?: JobProgress) {
    this.#record = record;
    this.#attempt = attempt;
    this.#sentMs = before ? before.#sentMs : [-Infinity, -Infinity];
  }

  get key(): string {
    return jobKey(this.#record);
  }

  get state(): string | undefined {
    return this.#states.at(-1)?.state;
  }

  /** Nothing more comes of this attempt. */
  get isOver(): boolean {
    return this.#isOver;
  }

  name(fields: JsonObject): void {
    this.#names = fields;
    this.#touch();
  }

  report(details: JsonObject): void {
    this.#details = { ...this.#details, ...details };
    this.#touch();
  }

  enter(
    state: string,
    { why, isOver = false }: { readonly why?: Why | undefined; readonly isOver?: boolean } = {},
  ): void {
    this.#touch();
    this.#why = why;
    this.#isOver = isOver;
    this.#states = [...this.#states.slice(1 - maxStates), { state, time: this.#time }];
  }

  mayBeTold(nowMs: number): boolean {
    const [beforeLast, last] = this.#sentMs;
    return nowMs - beforeLast >= secondMs && (this.#isOver || nowMs - last >= apartMs);
  }

  /** The event (`progress_event.schema.json`, kind `job`), which is told now. */
  tell(worker: string, nowMs: number): JsonObject {
    this.#sentMs = [this.#sentMs[1], nowMs];
    const { topic, partition, offset } = this.#record;
    const why = this.#why && { code: this.#why.code, message: this.#why.message.slice(0, maxMessageLength) };
    const states = this.#states.length > 0 ? { state: this.state, states: this.#states } : {};
    const place = { kind: 'job', topic, partition, offset, attempt: this.#attempt };
    return { ...this.#names, ...this.#details, ...place, ...states, worker, time: this.#time, ...why };
  }

  #touch(): void {
    this.#time = new Date().toISOString();
  }
}
