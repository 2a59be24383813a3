import { EventEmitter } from 'node:events';
import type { ConsumedRecord } from './broker/port.ts';
import type { Delivery, EndedJob } from './job-flow.ts';

/** What happens to jobs. */
export interface JobEventMap {
  /** A record has arrived and waits for a slot. */
  arrived: [record: ConsumedRecord];
  /** An attempt has a slot. */
  begun: [delivery: Delivery];
  /** The job has come to another phase, which it may have been in before. */
  phase: [delivery: Delivery, phase: string];
  /** The attempt has failed and counts: there will be another one. */
  rested: [ended: EndedJob, delayMs: number];
  /** Nothing is said about the job: whoever owns its partition next does it. */
  kept: [ended: EndedJob];
  /** The job is over, and that is stored together with its terminal record, if it has one. */
  ended: [ended: EndedJob];
}

/** For whoever tells what a worker does. Listeners decide nothing about a job: they neither throw nor wait. */
export class JobEvents extends EventEmitter<JobEventMap> {}
