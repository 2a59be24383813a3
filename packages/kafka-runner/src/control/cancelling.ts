import type { ConsumedRecord } from '../broker/port.ts';
import { FailedError } from '../errors.ts';
import { jobFields } from '../job-fields.ts';
import type { JsonObject } from '../json.ts';
import { decodeMessage, type Message } from '../message.ts';
import { isMeant } from './cancel-orders.ts';
import type { Control } from './control.ts';
import type { CancelOrder } from './order.ts';

/** A job that is under way. */
export interface Cancellable {
  readonly record: ConsumedRecord;
  /** Ends it. */
  readonly cancel: (error: FailedError) => void;
}

export interface CancellingContext {
  readonly control: Control;
  readonly author: { describe(message: Message): JsonObject };
  readonly maxMessageBytes: number;
  /** Ends those of the jobs that wait which are meant; called with each order. */
  readonly endWaiting: (errorFor: (record: ConsumedRecord) => FailedError | undefined) => void;
}

/** Ends the jobs of a worker that somebody has cancelled, wherever in the worker they are. */
export class Cancelling implements Disposable {
  readonly #context: CancellingContext;
  readonly #underWay = new Set<Cancellable>();
  readonly #fields = new WeakMap<ConsumedRecord, JsonObject>();

  constructor(context: CancellingContext) {
    this.#context = context;
    context.control.on('cancel', this.#heard);
  }

  [Symbol.dispose](): void {
    this.#context.control.off('cancel', this.#heard);
  }

  /** Why a job is cancelled, by any order that is known. */
  errorFor(record: ConsumedRecord): FailedError | undefined {
    const order = this.#context.control.cancels.find(record, () => this.fieldsOf(record));
    return order && cancelled(order);
  }

  /** Cancels a job that is under way, at once or as soon as it is ordered, until what is returned is disposed of. */
  watch(job: Cancellable): Disposable {
    const error = this.errorFor(job.record);
    if (error) job.cancel(error);
    this.#underWay.add(job);
    return { [Symbol.dispose]: () => void this.#underWay.delete(job) };
  }

  /** What can be read of a job; nothing when it is no message. */
  fieldsOf(record: ConsumedRecord): JsonObject {
    const fields = this.#fields.get(record) ?? this.#read(record);
    this.#fields.set(record, fields);
    return fields;
  }

  #read(record: ConsumedRecord): JsonObject {
    const { author, maxMessageBytes } = this.#context;
    try {
      return jobFields(author.describe(decodeMessage(record, maxMessageBytes)));
    } catch {
      // It will be rejected when its turn comes.
      return {};
    }
  }

  readonly #heard = (order: CancelOrder): void => {
    const errorFor = (record: ConsumedRecord): FailedError | undefined =>
      isMeant(order, record, () => this.fieldsOf(record)) ? cancelled(order) : undefined;
    for (const { record, cancel } of this.#underWay) {
      const error = errorFor(record);
      if (error) cancel(error);
    }
    this.#context.endWaiting(errorFor);
  };
}

function cancelled({ reason, time }: CancelOrder): FailedError {
  const why = reason === undefined ? '' : `: ${reason}`;
  return new FailedError('cancelled', `cancelled by an order of ${new Date(time).toISOString()}${why}`);
}
