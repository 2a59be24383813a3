import { EventEmitter } from 'node:events';
import type { Logger } from '../logging/logger.ts';
import { CancelOrders } from './cancel-orders.ts';
import type { CancelOrder, Order, WorkerOrder } from './order.ts';

/** What a worker was told to do about new jobs. A drained one never takes any again. */
export type Taking = 'running' | 'paused' | 'draining';

interface ControlEvents {
  cancel: [order: CancelOrder];
  taking: [taking: Taking];
}

const takingAfter = { pause: 'paused', resume: 'running', drain: 'draining' } as const;

export interface ControlledWorker {
  readonly name: string;
  readonly startedAt: Date;
  readonly logger: Logger;
}

/** What a worker was ordered to do, for all its lives in this process. Without a control topic nobody orders anything. */
export class Control extends EventEmitter<ControlEvents> {
  readonly cancels = new CancelOrders();
  readonly #worker: ControlledWorker;
  #taking: Taking = 'running';

  constructor(worker: ControlledWorker) {
    super();
    this.#worker = worker;
  }

  get taking(): Taking {
    return this.#taking;
  }

  obey(order: Order): void {
    if (order.order !== 'cancel') return this.#obeyAsWorker(order);
    this.cancels.add(order);
    this.emit('cancel', order);
  }

  /** Orders that are older than the worker were given to another one of its name. */
  #obeyAsWorker({ order, worker, time, reason }: WorkerOrder): void {
    const { name, startedAt, logger } = this.#worker;
    const taking = takingAfter[order];
    if (worker !== name || time < startedAt.getTime() || this.#taking === 'draining' || taking === this.#taking) return;
    logger.info({ order, reason }, `ordered to ${order}`);
    this.#taking = taking;
    this.emit('taking', taking);
  }
}
