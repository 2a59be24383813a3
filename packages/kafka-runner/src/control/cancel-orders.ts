import type { ConsumedRecord } from '../broker/port.ts';
import { jobName } from '../job.ts';
import type { JsonObject } from '../json.ts';
import type { CancelOrder } from './order.ts';

/** What of a job its orders go by. */
export type CancellableRecord = Pick<ConsumedRecord, 'topic' | 'partition' | 'offset' | 'timestampMs'>;

/** So many are remembered, of either kind; more than anybody gives while the input topic keeps a job. */
const maxOrders = 50_000;

/** What is said of it in error records. */
const maxReasonLength = 200;

/** Which jobs are to be cancelled, as far as the control topic says; the oldest orders are forgotten when there are too many. */
export class CancelOrders {
  readonly #byPlace = new Map<string, CancelOrder>();
  readonly #byId = new Map<string, CancelOrder>();
  readonly #max: number;
  #forgotten = 0;

  constructor(max = maxOrders) {
    this.#max = max;
  }

  /** How many orders were forgotten because there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  add(order: CancelOrder): void {
    const short = { ...order, reason: order.reason?.slice(0, maxReasonLength) };
    if (order.jobId === undefined) this.#put(this.#byPlace, jobName(order), short);
    else if ((this.#byId.get(order.jobId)?.time ?? -Infinity) < order.time) this.#put(this.#byId, order.jobId, short);
  }

  /**
   * The order that a job is cancelled by, if there is one.
   * @param fieldsOf what could be read of the job, such as `jobId`; asked only where it matters
   */
  find(record: CancellableRecord, fieldsOf: () => JsonObject): CancelOrder | undefined {
    const order = this.#byPlace.get(jobName(record));
    if (order || this.#byId.size === 0) return order;
    const byId = this.#byId.get(idOf(fieldsOf()) ?? '');
    return byId && isMeant(byId, record, fieldsOf) ? byId : undefined;
  }

  #put(orders: Map<string, CancelOrder>, name: string, order: CancelOrder): void {
    orders.delete(name);
    orders.set(name, order);
    const [oldest] = orders.keys();
    if (orders.size <= this.#max || oldest === undefined) return;
    orders.delete(oldest);
    this.#forgotten += 1;
  }
}

/** Whether an order is about a job. One by id is about what was sent until then: what is sent again later is not meant. */
export function isMeant(order: CancelOrder, record: CancellableRecord, fieldsOf: () => JsonObject): boolean {
  if (order.jobId === undefined) return isPlaceOf(order, record);
  return idOf(fieldsOf()) === order.jobId && (record.timestampMs ?? 0) <= order.time;
}

/** As text, for a sender may write a number or a text. */
function idOf({ jobId }: JsonObject): string | undefined {
  return typeof jobId === 'string' || typeof jobId === 'number' || typeof jobId === 'bigint' ? `${jobId}` : undefined;
}

type Place = Pick<ConsumedRecord, 'topic' | 'partition' | 'offset'>;

function isPlaceOf(place: Place, { topic, partition, offset }: Place): boolean {
  return place.offset === offset && place.partition === partition && place.topic === topic;
}
