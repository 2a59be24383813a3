import type { ProducedRecord } from '../broker/port.ts';
import type { JsonObject } from '../json.ts';
import { stringifyJson } from '../json.ts';
import { printableJson } from '../printable.ts';
import { within } from '../within.ts';

/** Keys whose event waits for the broker; beyond it the oldest is dropped. */
const maxWaiting = 1_000;

/** Records that are with the client. */
const maxUnderWay = 200;

/** Sends the latest event of each key. Never waits and never fails: what cannot be sent is dropped and counted. */
export class Outbox {
  readonly #topic: string;
  readonly #onRefused: (error: unknown) => void;
  readonly #waiting = new Map<string, JsonObject>();
  readonly #idle = new Set<() => void>();
  #send: ((record: ProducedRecord) => Promise<void>) | undefined;
  #underWay = 0;
  #dropped = 0;

  /** @param onRefused called when the client could not send one */
  constructor(topic: string, onRefused: (error: unknown) => void = () => undefined) {
    this.#topic = topic;
    this.#onRefused = onRefused;
  }

  /** Until then events wait. */
  open(send: (record: ProducedRecord) => Promise<void>): void {
    this.#send = send;
    this.#sendAll();
  }

  /** How many events did not reach the topic; those that a later one of their key has replaced are no loss. */
  get dropped(): number {
    return this.#dropped;
  }

  put(key: string, event: JsonObject): void {
    this.#waiting.delete(key);
    this.#waiting.set(key, event);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > maxWaiting && oldest !== undefined) {
      this.#waiting.delete(oldest);
      this.#dropped += 1;
    }
    this.#sendAll();
  }

  /** Waits until everything is sent, but no longer than that. */
  async empty(limitMs: number): Promise<void> {
    if (this.#send === undefined || this.#underWay === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.add(resolve);
    await within(limitMs, promise);
  }

  #sendAll(): void {
    if (this.#send === undefined) return;
    for (const [key, event] of this.#waiting) {
      if (this.#underWay >= maxUnderWay) return;
      this.#waiting.delete(key);
      void this.#sendOne(key, event, this.#send);
    }
    if (this.#underWay === 0) for (const resolve of this.#idle) resolve();
  }

  async #sendOne(key: string, event: JsonObject, send: (record: ProducedRecord) => Promise<void>): Promise<void> {
    this.#underWay += 1;
    try {
      await send({ topic: this.#topic, key, value: printableJson(stringifyJson(event)) });
    } catch (error) {
      // It is not tried again: the next event says more than this one.
      this.#dropped += 1;
      this.#onRefused(error);
    } finally {
      this.#underWay -= 1;
      this.#sendAll();
    }
  }
}
