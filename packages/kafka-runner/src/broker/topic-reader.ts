import kafka from '@confluentinc/kafka-javascript';
import type { Logger } from '../logging/logger.ts';
import { decodeMetadata, type PositionMetadata } from '../offsets/position-metadata.ts';
import { BrokerTrouble } from './broker-trouble.ts';
import { librdkafkaConfig, type ClientSettings } from './client-settings.ts';
import { connectClient, disconnectClient } from './connection.ts';
import { toJobError, type LibrdkafkaError } from './kafka-error.ts';
import { MissingTopicError } from './missing-topic-error.ts';
import type { TopicPartition } from './port.ts';
import type { RawRecord } from './raw-record.ts';
import { readRanges, type OffsetRange } from './read-ranges.ts';

export interface TopicReaderSettings {
  readonly client: ClientSettings;
  readonly clientId: string;
  /** The group whose positions `committed` tells; it is never joined. */
  readonly groupId?: string | undefined;
  readonly logger: Logger;
  /** How long `read` waits without any progress, milliseconds. Default: one minute. */
  readonly patienceMs?: number;
}

/** Where a group stands on a partition: the lowest offset that is not finished, and what is known of those beyond it. */
export interface GroupPosition extends PositionMetadata {
  readonly offset: number;
}

const answerMs = 30_000;

/**
 * The client asks again and again for a group that it may not describe, and says no more than that it took too long. So
 * it does while a transaction holds a position: a dead worker's is ended by the broker after 10 s, or up to 20 s.
 */
const positionsMs = 25_000;

/** Reads topics from one offset to another, without a group and without leaving a trace. */
export class TopicReader implements AsyncDisposable {
  readonly #settings: TopicReaderSettings;
  readonly #records: kafka.KafkaConsumer;
  /**
   * Asked for the ends: a client that reads committed records is told the last stable offset instead, which anybody's
   * open transaction holds back, below records that have long been committed.
   */
  readonly #ends: kafka.KafkaConsumer;

  private constructor(settings: TopicReaderSettings) {
    this.#settings = settings;
    this.#records = newConsumer(settings, 'read_committed');
    this.#ends = newConsumer(settings, 'read_uncommitted');
  }

  /** Throws UnavailableError `broker-unreachable`. */
  static async connect(settings: TopicReaderSettings): Promise<TopicReader> {
    const reader = new TopicReader(settings);
    const trouble = new BrokerTrouble(settings.logger);
    for (const client of [reader.#records, reader.#ends]) {
      await connectClient(client, settings.client, new AbortController().signal, settings.logger);
      client.on('event.error', (error) => trouble.report(error));
    }
    return reader;
  }

  /** What each partition of a topic holds now, open transactions included. Throws MissingTopicError. */
  async ranges(topic: string): Promise<OffsetRange[]> {
    const metadata = await ask<kafka.Metadata>(`look for topic ${topic}`, (done) =>
      this.#ends.getMetadata({ topic, timeout: answerMs }, done),
    );
    const partitions = metadata.topics.find(({ name }) => name === topic)?.partitions ?? [];
    if (partitions.length === 0) throw new MissingTopicError(topic);
    return await Promise.all(partitions.map(({ id }) => this.#range(topic, id)));
  }

  async #range(topic: string, partition: number): Promise<OffsetRange> {
    const { lowOffset, highOffset } = await ask<kafka.WatermarkOffsets>(`ends of ${topic}/${partition}`, (done) =>
      this.#ends.queryWatermarkOffsets(topic, partition, answerMs, done),
    );
    return { topic, partition, start: lowOffset, end: highOffset };
  }

  /** What we may do with a topic (`READ`, `WRITE`, `DESCRIBE` ...), as the broker says. Throws UnavailableError. */
  async rights(topic: string): Promise<readonly string[]> {
    // The client of `ends` stays its owner: to disconnect the admin would take it away.
    const admin = kafka.AdminClient.createFrom(this.#ends);
    const options = { includeAuthorizedOperations: true, timeout: answerMs };
    const [described] = await ask<kafka.TopicDescription[]>(`rights on topic ${topic}`, (done) =>
      admin.describeTopics([topic], options, done),
    );
    const names = Object.entries(kafka.AclOperationTypes);
    return (described?.authorizedOperations ?? []).flatMap((operation) =>
      names.filter(([, number]) => number === operation).map(([name]) => name),
    );
  }

  /**
   * The group's position on each partition of a topic, once no transaction is about to move it; undefined where there is
   * none. Throws ConfigError when a newer Kafka Runner has written one.
   */
  async committed(partitions: readonly TopicPartition[]): Promise<(GroupPosition | undefined)[]> {
    const named = partitions.map(({ topic, partition }) => ({ topic, partition }));
    const about = `positions of group ${this.#settings.groupId} (may you describe it? is one of its transactions open?)`;
    const answers = await ask<kafka.TopicPartitionOffset[]>(about, (done) =>
      this.#records.committed(named, positionsMs, done),
    );
    return partitions.map(({ partition }) => toGroupPosition(answers.find((answer) => answer.partition === partition)));
  }

  /**
   * Hands over every committed record of the ranges (one range for each partition), in the order of each partition.
   * Waits for transactions that are open below the end. Throws UnavailableError when nothing more comes.
   */
  async read(ranges: readonly OffsetRange[], take: (record: RawRecord) => void): Promise<void> {
    await readRanges(this.#records, ranges, take, this.#settings.patienceMs ?? 60_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { logger } = this.#settings;
    await Promise.all([this.#records, this.#ends].map((client) => disconnectClient(client, logger, 1_000)));
  }
}

function newConsumer(settings: TopicReaderSettings, isolation: 'read_committed' | 'read_uncommitted') {
  const client = new kafka.KafkaConsumer(
    {
      ...librdkafkaConfig(settings.client, settings.clientId),
      'group.id': settings.groupId ?? `${settings.clientId}-no-group`,
      'enable.auto.commit': false,
      'enable.auto.offset.store': false,
      'isolation.level': isolation,
      'enable.partition.eof': true,
      'fetch.wait.max.ms': 100,
      // When the queue is full, the next fetch would otherwise wait for a second.
      'fetch.queue.backoff.ms': 5,
      'queued.max.messages.kbytes': 16_384,
    },
    // What retention takes while we read is left out.
    { 'auto.offset.reset': 'earliest' },
  );
  client.setDefaultConsumeTimeout(20);
  return client;
}

/** What another tool has written beside an offset says nothing of the jobs beyond it. */
function toGroupPosition(answer: kafka.TopicPartitionOffsetAndMetadata | undefined): GroupPosition | undefined {
  if (answer === undefined || !(answer.offset >= 0)) return undefined;
  const said = decodeMetadata(answer.offset, answer.metadata ?? '');
  return { offset: answer.offset, done: said?.done ?? [], attempts: said?.attempts ?? new Map() };
}

function ask<T>(asking: string, question: (done: (error: LibrdkafkaError, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    question((error, value) => (error ? reject(toJobError(error, asking)) : resolve(value)));
  });
}
