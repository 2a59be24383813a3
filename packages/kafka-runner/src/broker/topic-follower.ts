import { setTimeout as sleep } from 'node:timers/promises';
import kafka, { type Message } from '@confluentinc/kafka-javascript';
import type { Logger } from '../logging/logger.ts';
import { BrokerTrouble } from './broker-trouble.ts';
import { librdkafkaConfig, type ClientSettings } from './client-settings.ts';
import type {} from './confluent-types.ts';
import { connectClient, disconnectClient } from './connection.ts';
import type { LibrdkafkaError } from './kafka-error.ts';
import { addedPartitions } from './partitions-from-end.ts';
import type { StartPosition, TopicPartition } from './port.ts';
import { toRawRecord, type RawRecord } from './raw-record.ts';

/** A record as it stands in its topic, and when it was made. */
export interface FollowedRecord extends RawRecord {
  /** Milliseconds since 1970; undefined where the record does not say. */
  readonly timestampMs: number | undefined;
}

export interface TopicFollowerSettings {
  readonly client: ClientSettings;
  readonly clientId: string;
  readonly topics: readonly string[];
  /** Where to begin in a partition; undefined: with its first record. */
  readonly startAt: (partition: TopicPartition) => number | undefined;
  /** Gets committed records, several at a time, in the order of each partition. What it throws ends the follower. */
  readonly take: (records: readonly FollowedRecord[]) => void;
  readonly logger: Logger;
}

const pollMs = 50;
const batchSize = 1_000;

/** How often topics and partitions that are not there yet are looked for. */
const lookMs = 2_000;

/** Reads topics for ever, without a group: the records that are there, and those that come. */
export class TopicFollower implements AsyncDisposable {
  /** Rejects when it cannot go on. */
  readonly ended: Promise<void>;
  readonly #settings: TopicFollowerSettings;
  readonly #client: kafka.KafkaConsumer;
  readonly #trouble: BrokerTrouble;
  readonly #known: StartPosition[] = [];
  #isClosed = false;

  private constructor(settings: TopicFollowerSettings, client: kafka.KafkaConsumer) {
    this.#settings = settings;
    this.#client = client;
    this.#trouble = new BrokerTrouble(settings.logger);
    client.on('event.error', (error) => this.#trouble.report(error));
    this.ended = this.#follow();
    // Whoever waits for it is told; that nobody does yet is no fault.
    this.ended.catch(() => undefined);
  }

  /** Throws UnavailableError `broker-unreachable`. Topics that are not there yet are waited for. */
  static async start(settings: TopicFollowerSettings): Promise<TopicFollower> {
    const client = new kafka.KafkaConsumer(
      {
        ...librdkafkaConfig(settings.client, settings.clientId),
        'group.id': `${settings.clientId}-no-group`,
        'enable.auto.commit': false,
        'enable.auto.offset.store': false,
        'isolation.level': 'read_committed',
        'fetch.wait.max.ms': 100,
        // When the queue is full, the next fetch would otherwise wait for a second.
        'fetch.queue.backoff.ms': 5,
        'queued.max.messages.kbytes': 16_384,
      },
      // What retention has taken is left out; a topic that was made anew is read from its start.
      { 'auto.offset.reset': 'earliest' },
    );
    client.setDefaultConsumeTimeout(pollMs);
    await connectClient(client, settings.client, new AbortController().signal);
    return new TopicFollower(settings, client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.ended.catch(() => undefined);
    await disconnectClient(this.#client, this.#settings.logger, 1_000);
  }

  async #follow(): Promise<void> {
    let lookedMs = -Infinity;
    while (!this.#isClosed) {
      if (performance.now() - lookedMs >= lookMs) {
        await this.#takeAdded();
        lookedMs = performance.now();
      }
      const { error, messages } = await this.#consume();
      if (error) await this.#judge(error);
      if (messages.length === 0) continue;
      this.#trouble.over();
      this.#settings.take(messages.map(toFollowedRecord));
    }
  }

  async #takeAdded(): Promise<void> {
    for (const topic of this.#settings.topics) {
      try {
        const known = this.#known.filter((partition) => partition.topic === topic);
        const added = await addedPartitions(this.#client, topic, known);
        if (added.length === 0) continue;
        this.#known.push(...added);
        this.#client.incrementalAssign(added.map((partition) => this.#from(partition)));
      } catch (error) {
        this.#settings.logger.debug({ err: error }, `cannot look for topic ${topic}; the next time will do`);
      }
    }
  }

  /** Always an offset: without one the client would ask a group for it, and wait for ever where that is refused. */
  #from({ topic, partition }: TopicPartition): kafka.TopicPartitionOffset {
    return { topic, partition, offset: this.#settings.startAt({ topic, partition }) ?? 0 };
  }

  async #judge(error: LibrdkafkaError): Promise<void> {
    if (error.code === kafka.CODES.ERRORS.ERR__FATAL) {
      throw new Error(`Kafka: the consumer cannot go on: ${error.message}`, { cause: error });
    }
    this.#trouble.report(error);
    await sleep(pollMs);
  }

  #consume(): Promise<{ error: LibrdkafkaError | null; messages: readonly Message[] }> {
    return new Promise((resolve) => {
      this.#client.consume(batchSize, (error, messages) => resolve({ error, messages: messages ?? [] }));
    });
  }
}

function toFollowedRecord(message: Message): FollowedRecord {
  return { ...toRawRecord(message), timestampMs: message.timestamp };
}
