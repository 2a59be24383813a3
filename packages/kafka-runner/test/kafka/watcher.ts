import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientSettingsSchema } from '../../src/broker/client-settings.ts';
import { ConfluentConsumer } from '../../src/broker/confluent-consumer.ts';
import { parseJson, type JsonObject } from '../../src/json.ts';
import { recordingLogger } from '../unit/recording-logger.ts';

/** An event as it came to whoever watches. */
export interface SeenEvent {
  readonly key: string;
  readonly text: string;
  readonly event: JsonObject;
  /** How old it was when it came. */
  readonly ageMs: number;
}

/** Reads a progress topic as events come. */
export class Watcher {
  readonly events: SeenEvent[] = [];

  /** Reads until the test is over. */
  static async start(t: TestContext, bootstrapServers: readonly string[], topic: string): Promise<Watcher> {
    const watcher = new Watcher();
    const client = clientSettingsSchema.parse({ bootstrapServers });
    const about = {
      client,
      clientId: 'watcher',
      topic,
      groupId: undefined,
      from: 'start',
      sessionTimeoutMs: 10_000,
    } as const;
    const consumer = new ConfluentConsumer({ ...about, logger: recordingLogger().logger });
    t.after(() => consumer.close());
    await consumer.connect();
    await consumer.start({
      assigned: () => undefined,
      revoked: () => undefined,
      lost: () => undefined,
      endReached: () => undefined,
      failed: (error) => t.diagnostic(String(error)),
      record: ({ key, value }) => watcher.#take(String(key), String(value)),
    });
    return watcher;
  }

  /** The events of a key, so far. */
  of(key: string): readonly JsonObject[] {
    return this.events.filter((seen) => seen.key === key).map(({ event }) => event);
  }

  /** Waits for an event; the first one that is wanted. */
  async seen(isWanted: (event: JsonObject) => boolean, timeoutMs = 20_000): Promise<SeenEvent> {
    const giveUpAt = performance.now() + timeoutMs;
    for (;;) {
      const found = this.events.find(({ event }) => isWanted(event));
      if (found) return found;
      if (performance.now() > giveUpAt)
        throw new Error(`no such event among\n${this.events.map(({ text }) => text).join('\n')}`);
      await sleep(20);
    }
  }

  #take(key: string, text: string): void {
    const event = parseJson(text) as JsonObject;
    this.events.push({ key, text, event, ageMs: Date.now() - Date.parse(String(event['time'])) });
  }
}
