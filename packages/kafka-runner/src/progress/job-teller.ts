import type { ConsumedRecord } from '../broker/port.ts';
import type { JobEvents, JobEventMap } from '../job-events.ts';
import type { Delivery, EndedJob } from '../job-flow.ts';
import type { PhaseNames } from '../job-phases.ts';
import type { JsonObject } from '../json.ts';
import { JobProgress, type StateNames, type Why } from './job-progress.ts';

/** How often it is looked what is to be told: what happens within this is one event. */
const lookMs = 50;

export interface JobTellerContext {
  readonly events: JobEvents;
  readonly phaseNames: PhaseNames;
  readonly stateNames: StateNames;
  /** Name of the worker. */
  readonly worker: string;
  readonly tell: (key: string, event: JsonObject) => void;
}

type Listeners = { [Name in keyof JobEventMap]?: (...args: JobEventMap[Name]) => void };

/** Turns what happens to jobs into events, at most two a second for each job: the latest holds, and no end is left out. */
export class JobTeller implements Disposable {
  readonly #context: JobTellerContext;
  readonly #known = new Map<ConsumedRecord, JobProgress>();
  readonly #untold = new Map<ConsumedRecord, JobProgress>();
  readonly #listeners: Listeners;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: JobTellerContext) {
    this.#context = context;
    this.#listeners = {
      begun: (delivery) => this.#begun(delivery),
      described: ({ record }, fields) => this.#change(record, (job) => job.name(fields)),
      phase: ({ record }, phase) => this.#phase(record, phase),
      reported: ({ record }, details) => this.#change(record, (job) => job.report(details)),
      away: ({ record }, why) => this.#change(record, (job) => job.enter('waiting', { why })),
      rested: (ended) => this.#over(ended, 'waiting'),
      kept: (ended) => this.#over(ended, 'kept'),
      ended: (ended) => this.#over(ended, endState(ended)),
    };
    for (const [name, listener] of this.#entries()) context.events.on(name, listener);
  }

  /** Tells what is untold, and then no more. */
  [Symbol.dispose](): void {
    for (const [name, listener] of this.#entries()) this.#context.events.off(name, listener);
    clearTimeout(this.#timer);
    for (const [record, job] of this.#untold) this.#tell(record, job, Infinity);
  }

  #entries(): [keyof JobEventMap, () => void][] {
    return Object.entries(this.#listeners) as [keyof JobEventMap, () => void][];
  }

  #begun({ record, attempt }: Delivery): void {
    const job = new JobProgress(record, attempt, this.#known.get(record));
    this.#known.set(record, job);
    this.#change(record, () => job.enter('accepted'));
  }

  #phase(record: ConsumedRecord, phase: string): void {
    const { phaseNames, stateNames } = this.#context;
    this.#change(record, (job) => {
      if (phase === phaseNames.prepared && job.state !== 'accepted') job.enter('accepted');
      if (phase === phaseNames.ran) job.enter(stateNames.running);
      if (phase === phaseNames.answered) job.enter(stateNames.answering);
      // It waits for its place now.
      if (phase === 'queued' && job.state === 'accepted') job.enter(stateNames.prepared);
    });
  }

  /** One that was cancelled while it waited was never begun. */
  #over({ record, attempt, fields, outcome }: EndedJob, state: string): void {
    if (!this.#known.has(record)) this.#known.set(record, new JobProgress(record, attempt));
    const why = 'error' in outcome ? whyOf(outcome.error) : undefined;
    this.#change(record, (job) => {
      job.name(fields);
      job.enter(state, { why, isOver: true });
    });
  }

  #change(record: ConsumedRecord, act: (job: JobProgress) => void): void {
    const job = this.#known.get(record);
    if (!job) return;
    act(job);
    this.#untold.set(record, job);
    this.#timer ??= setTimeout(() => this.#look(), lookMs);
  }

  #look(): void {
    const nowMs = performance.now();
    for (const [record, job] of this.#untold) if (job.mayBeTold(nowMs)) this.#tell(record, job, nowMs);
    this.#timer = this.#untold.size > 0 ? setTimeout(() => this.#look(), lookMs) : undefined;
  }

  #tell(record: ConsumedRecord, job: JobProgress, nowMs: number): void {
    this.#context.tell(job.key, job.tell(this.#context.worker, nowMs));
    this.#untold.delete(record);
    if (job.isOver) this.#known.delete(record);
  }
}

function whyOf({ code, message }: Why): Why {
  return { code, message };
}

function endState({ outcome }: EndedJob): string {
  if (outcome.kind === 'failed') return outcome.error.code === 'cancelled' ? 'cancelled' : 'failed';
  return outcome.kind === 'rejected' ? 'rejected' : 'completed';
}
