import { EventEmitter } from 'node:events';
import type { ConsumedRecord } from './broker/port.ts';
import type { UnavailableError } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { Delivery, EndedJob } from './job-flow.ts';

/** What happens to jobs. A delivery is the same object in all events of an attempt but its last, which bears its record. */
export interface JobEventMap {
  /** A record has arrived and waits for a slot. */
  arrived: [record: ConsumedRecord];
  /** An attempt has a slot. */
  begun: [delivery: Delivery];
  /** Its message was read: what names the job. */
  described: [delivery: Delivery, fields: JsonObject];
  /** The job has come to another phase, which it may have been in before. */
  phase: [delivery: Delivery, phase: string];
  /** Its runner tells how far it is. */
  reported: [delivery: Delivery, details: JsonObject];
  /** Something that the job needs is away: it waits. */
  away: [delivery: Delivery, error: UnavailableError];
  /** The attempt has failed and counts: there will be another one. */
  rested: [ended: EndedJob, delayMs: number];
  /** Nothing is said about the job: whoever owns its partition next does it. */
  kept: [ended: EndedJob];
  /** The job is over, and that is stored together with its terminal record, if it has one. */
  ended: [ended: EndedJob];
  /** An attempt, or several that waited for the same thing, failed because of the worker's machine. */
  machineFault: [code: string];
}

/** For whoever tells what a worker does. Listeners decide nothing about a job: they neither throw nor wait. */
export class JobEvents extends EventEmitter<JobEventMap> {}
