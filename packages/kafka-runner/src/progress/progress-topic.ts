import { setTimeout as sleep } from 'node:timers/promises';
import { ConfluentProducer } from '../broker/confluent-producer.ts';
import type { JsonObject } from '../json.ts';
import type { Logger } from '../logging/logger.ts';
import { Heartbeat, type BeatingWorker, type HeartbeatContext } from './heartbeat.ts';
import { JobTeller, type JobTellerContext } from './job-teller.ts';
import { Outbox } from './outbox.ts';

export type ProgressTopicContext = Omit<JobTellerContext & HeartbeatContext, 'tell'> & {
  readonly topic: string;
  readonly logger: Logger;
};

/** What is older than this when it could be sent is of no use any more. */
const deliveryTimeoutMs = 5_000;

/** How long the last events may take. */
const lastEventsMs = 1_000;

/** How often it is said that events are dropped. */
const repeatMs = 60_000;

/** After this it is tried again to find a broker. */
const anewMs = 3_000;

/** Tells those who watch what this worker and its jobs are at. Nothing here is waited for by a job, and nothing fails one. */
export class ProgressTopic implements AsyncDisposable {
  readonly #logger: Logger;
  readonly #producer: ConfluentProducer;
  readonly #outbox: Outbox;
  readonly #jobs: JobTeller;
  readonly #heartbeat: Heartbeat;
  readonly #closing = new AbortController();
  readonly #connecting: Promise<void>;
  #silentUntilMs = -Infinity;

  constructor(context: ProgressTopicContext) {
    const { topic, settings, worker, logger } = context;
    const outbox = new Outbox(topic, (error) => this.#sayRefused(error));
    const tell = (key: string, event: JsonObject): void => outbox.put(key, event);
    const clientId = `${worker}-progress`;
    this.#logger = logger;
    this.#producer = new ConfluentProducer({ client: settings, clientId, logger, deliveryTimeoutMs, bestEffort: true });
    this.#outbox = outbox;
    this.#jobs = new JobTeller({ ...context, tell });
    this.#heartbeat = new Heartbeat({ ...context, tell });
    this.#connecting = this.#connect();
  }

  /** The worker whose heart beats from now on. */
  watch(worker: BeatingWorker): void {
    this.#heartbeat.watch(worker);
  }

  /** The worker has another status. */
  statusChanged(): void {
    this.#heartbeat.tell();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#jobs[Symbol.dispose]();
    this.#heartbeat[Symbol.dispose]();
    await this.#outbox.empty(lastEventsMs);
    this.#closing.abort();
    await this.#producer.close();
    await this.#connecting;
    if (this.#outbox.dropped > 0) this.#logger.info({ droppedEvents: this.#outbox.dropped }, 'events were dropped');
  }

  #sayRefused(error: unknown): void {
    if (performance.now() < this.#silentUntilMs) return;
    this.#silentUntilMs = performance.now() + repeatMs;
    const why = error instanceof Error ? error.message : String(error);
    this.#logger.warn({ code: 'events-dropped', dropped: this.#outbox.dropped }, `events are dropped: ${why}`);
  }

  async #connect(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#producer.connect();
        return this.#outbox.open((record) => this.#producer.send(record));
      } catch (error) {
        this.#logger.debug({ err: error }, 'no broker for events yet');
        await sleep(anewMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }
}
