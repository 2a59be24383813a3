import { setTimeout as sleep } from 'node:timers/promises';
import kafka, {
  type Message,
  type TopicPartition as KafkaTopicPartition,
  type TopicPartitionOffset,
  type TopicPartitionOffsetAndMetadata,
} from '@confluentinc/kafka-javascript';
import type { Logger } from '../logging/logger.ts';
import { librdkafkaConfig, type ClientSettings } from './client-settings.ts';
import { connectClient, disconnectClient } from './connection.ts';
import type {} from './confluent-types.ts';
import { BrokerTrouble } from './broker-trouble.ts';
import { ask, toJobError, type LibrdkafkaError } from './kafka-error.ts';
import type { ConsumedRecord, Consumer, ConsumerListener, Position, StartPosition, TopicPartition } from './port.ts';
import { addedPartitions, endPosition, partitionsFromEnd } from './partitions-from-end.ts';
import { RestartError } from '../restart-error.ts';
import { sayExpired, startPosition } from './start-position.ts';
import { untilAvailable } from '../until-available.ts';

export interface ConsumerSettings {
  readonly client: ClientSettings;
  readonly clientId: string;
  readonly topic: string;
  /** Undefined: reads what arrives from now on in all partitions and commits nothing. */
  readonly groupId: string | undefined;
  /** Static membership: a restart within the session time-out keeps the partitions. */
  readonly instanceId?: string | undefined;
  readonly sessionTimeoutMs: number;
  /** Default: librdkafka's, five minutes. */
  readonly maxPollIntervalMs?: number;
  /** Partitions that start over, whatever the group has committed: `topic/partition`. Those found so are added. */
  readonly madeAnew?: Set<string>;
  readonly logger: Logger;
}

const codes = kafka.CODES.ERRORS;

/** How long one poll waits for a record: 50 ms cost 0.4 % of a core when idle, 5 ms cost 1.8 % (docs/kafka.md). */
const pollMs = 50;

/** How long one question to the broker may take, and how soon it is asked again. */
const askMs = 10_000;
const maxDelayMs = 3_000;

/** How long the positions of an assignment may stay unread, and a commit unanswered. */
const assignMs = 30_000;
const commitMs = 10_000;

/** How often a consumer without a group looks for added partitions; a group is told. */
const watchPartitionsMs = 10_000;

/** librdkafka's consumer behind the port. Polls for ever, paused or not: polling is what keeps us in the group. */
export class ConfluentConsumer implements Consumer {
  readonly #settings: ConsumerSettings;
  readonly #client: kafka.KafkaConsumer;
  readonly #trouble: BrokerTrouble;
  readonly #closing = new AbortController();
  #listener: ConsumerListener | undefined;
  #polling: Promise<void> = Promise.resolve();
  /** Assignments and revocations, one after the other. */
  #rebalancing: Promise<void> = Promise.resolve();
  #state: 'new' | 'polling' | 'stopped' | 'closed' = 'new';
  /** For each partition the offset after the last record. */
  readonly #expected = new Map<string, number>();
  #paused = false;
  #watch: NodeJS.Timeout | undefined;

  constructor(settings: ConsumerSettings) {
    this.#settings = settings;
    this.#trouble = new BrokerTrouble(settings.logger, settings.topic);
    this.#client = new kafka.KafkaConsumer(
      {
        ...librdkafkaConfig(settings.client, settings.clientId),
        // The client insists on a group id; without a group nothing is ever joined or committed under it.
        'group.id': settings.groupId ?? `${settings.clientId}-no-group`,
        'enable.auto.commit': false,
        'enable.auto.offset.store': false,
        'isolation.level': 'read_committed',
        'partition.assignment.strategy': 'cooperative-sticky',
        ...(settings.instanceId === undefined ? {} : { 'group.instance.id': settings.instanceId }),
        'session.timeout.ms': settings.sessionTimeoutMs,
        'max.poll.interval.ms': settings.maxPollIntervalMs ?? 300_000,
        // With its heartbeat a member hears of a rebalance, during which nobody can commit: 3 s would be felt.
        'heartbeat.interval.ms': Math.min(1_000, Math.floor(settings.sessionTimeoutMs / 3)),
        'allow.auto.create.topics': true,
        'fetch.wait.max.ms': 500,
        'fetch.queue.backoff.ms': 5,
        'queued.max.messages.kbytes': 16_384,
        offset_commit_cb: true,
        rebalance_cb: (news: LibrdkafkaError, partitions: KafkaTopicPartition[]) => this.#queue(news, partitions),
      },
      { 'auto.offset.reset': 'earliest' },
    );
    this.#client.setDefaultConsumeTimeout(pollMs);
  }

  async connect(): Promise<void> {
    await connectClient(this.#client, this.#settings.client, this.#closing.signal);
    this.#client.on('event.error', (error) => this.#trouble.report(error));
  }

  /** For transactions, which carry the member and generation of the group. */
  get client(): kafka.KafkaConsumer {
    return this.#client;
  }

  /**
   * What the group has stored, with what is pending settled first (librdkafka asks with require-stable); partitions that
   * have no position are missing. Throws UnavailableError.
   */
  async committed(partitions: readonly TopicPartition[]): Promise<Position[]> {
    const named = partitions.map(({ topic, partition }) => ({ topic, partition }));
    const stored = await ask<TopicPartitionOffsetAndMetadata[]>('read the committed positions', (done) =>
      this.#client.committed(named, askMs, done),
    );
    return stored.flatMap(({ topic, partition, offset, metadata }) =>
      typeof offset === 'number' && offset >= 0 ? [{ topic, partition, offset, metadata: metadata ?? '' }] : [],
    );
  }

  async start(listener: ConsumerListener): Promise<void> {
    this.#listener = listener;
    this.#state = 'polling';
    if (this.#settings.groupId === undefined) await this.#assignFromEnd(listener);
    else this.#client.subscribe([this.#settings.topic]);
    this.#polling = this.#poll().catch((error: Error) => listener.failed(error));
  }

  pause(): void {
    this.#paused = true;
    this.#client.pause(this.#client.assignments());
  }

  resume(): void {
    this.#paused = false;
    this.#client.resume(this.#client.assignments());
  }

  async ends(): Promise<StartPosition[]> {
    return await Promise.all(this.#client.assignments().map((named) => endPosition(this.#client, named)));
  }

  stop(): void {
    if (this.#state !== 'polling') return;
    this.#state = 'stopped';
    this.pause();
  }

  async commit(positions: readonly Position[]): Promise<void> {
    if (this.#settings.groupId === undefined || positions.length === 0) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settle = (error: LibrdkafkaError | null): void =>
      error ? reject(toJobError(error, 'commit positions')) : resolve();
    // The client's commitCb answers before the broker has; what the group says arrives as this event.
    const answer = (error: LibrdkafkaError | null, about: readonly TopicPartitionOffset[]): void => {
      if (about.some((one) => positions.some((position) => isSame(one, position)))) settle(error);
    };
    this.#client.on('offset.commit', answer);
    try {
      this.#client.commit([...positions]);
    } catch (error) {
      settle(error as LibrdkafkaError);
    }
    const timer = setTimeout(() => settle({ code: codes.ERR__TIMED_OUT, message: 'no answer' }), commitMs);
    await promise.finally(() => {
      clearTimeout(timer);
      this.#client.removeListener('offset.commit', answer);
    });
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#closing.abort();
    clearInterval(this.#watch);
    await this.#polling;
    // A member without partitions leaves the group only if it unsubscribes first (librdkafka 2.15): otherwise the others
    // wait for the end of its session.
    if (this.#settings.groupId !== undefined && this.#listener !== undefined) this.#client.unsubscribe();
    // Without a group there is nobody to say farewell to.
    const patienceMs = this.#settings.groupId === undefined ? 1_000 : undefined;
    await disconnectClient(this.#client, this.#settings.logger, patienceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #poll(): Promise<void> {
    while (this.#state !== 'closed') {
      const { error, messages } = await this.#consumeOne();
      if (error?.code === codes.ERR__FATAL) return this.#fail(error);
      if (error) {
        this.#trouble.report(error);
        await sleep(pollMs);
      }
      for (const message of messages) this.#deliver(message);
    }
  }

  /** librdkafka's word for a state that it never leaves, such as a twin with the same instance id. */
  #fail(error: LibrdkafkaError): void {
    const twin =
      this.#settings.instanceId === undefined ? '' : `; does another worker run as ${this.#settings.instanceId}?`;
    this.#listener?.failed(new Error(`Kafka: the consumer cannot go on: ${error.message}${twin}`, { cause: error }));
  }

  #consumeOne(): Promise<{ error: LibrdkafkaError | null; messages: Message[] }> {
    return new Promise((resolve) => {
      this.#client.consume(1, (error, messages) => resolve({ error, messages: messages ?? [] }));
    });
  }

  #deliver(message: Message): void {
    this.#trouble.over();
    if (this.#state !== 'polling' || !this.#follows(message)) return;
    this.#listener?.record(toConsumedRecord(message));
  }

  /** Offsets only rise. Where they skip what retention has eaten, it is said; where they fall, we start anew. */
  #follows({ topic, partition, offset }: Message): boolean {
    const name = `${topic}/${partition}`;
    const expected = this.#expected.get(name) ?? offset;
    this.#expected.set(name, offset + 1);
    if (offset < expected) this.#rewound({ topic, partition }, offset, expected);
    else if (offset > expected) this.#lookForExpired({ topic, partition, expected });
    return offset >= expected;
  }

  /**
   * The topic was deleted and made anew (a broker forgets the group's positions then), or the client errs. What the group
   * has stored tells which, unless the new topic is shorter than our position: then it is another one for certain.
   */
  #rewound(named: TopicPartition, offset: number, expected: number): void {
    const name = `${named.topic}/${named.partition}`;
    const { highOffset } = this.#client.getWatermarkOffsets(named.topic, named.partition);
    if (highOffset < expected) this.#settings.madeAnew?.add(name);
    const what = `${name} goes on at ${offset} instead of ${expected}: the topic was made anew, it seems`;
    this.#listener?.failed(new RestartError(what, named));
  }

  #lookForExpired({ topic, partition, expected }: TopicPartition & { readonly expected: number }): void {
    const { lowOffset } = this.#client.getWatermarkOffsets(topic, partition);
    if (lowOffset > expected) sayExpired(this.#settings.logger, { topic, partition, from: expected, to: lowOffset });
  }

  #queue(news: LibrdkafkaError, partitions: KafkaTopicPartition[]): void {
    this.#rebalancing = this.#rebalancing.then(() => this.#rebalance(news, partitions));
  }

  /** Under the cooperative protocol a revoked partition has no other owner until it is unassigned here. */
  async #rebalance(news: LibrdkafkaError, partitions: KafkaTopicPartition[]): Promise<void> {
    const named = partitions.map(({ topic, partition }): TopicPartition => ({ topic, partition }));
    const isAssignment = news.code === codes.ERR__ASSIGN_PARTITIONS;
    try {
      await (isAssignment ? this.#assign(named) : this.#unassign(named));
    } catch (error) {
      this.#answer(isAssignment, named);
      if (this.#state !== 'closed') this.#listener?.failed(asRestart(error as Error));
    }
  }

  /** Without an answer the client would wait for one for ever when it is closed, and the process could not end. */
  #answer(isAssignment: boolean, named: TopicPartition[]): void {
    try {
      if (isAssignment) this.#client.incrementalAssign(named);
      else this.#client.incrementalUnassign(named);
    } catch (error) {
      this.#settings.logger.debug({ err: error }, 'the client has its answer already');
    }
  }

  async #assign(named: readonly TopicPartition[]): Promise<void> {
    const { logger } = this.#settings;
    const find = async (): Promise<StartPosition[]> => {
      const stored = await this.committed(named.filter((one) => !this.#startsOver(one)));
      return await Promise.all(named.map((one) => startPosition(this.#client, one, stored, logger)));
    };
    const starts = named.length === 0 ? [] : await untilAvailable(find, this.#patience(), logger, { maxDelayMs });
    this.#listener?.assigned(starts);
    // From here on the group's positions are those of the new topic.
    for (const { topic, partition } of named) this.#settings.madeAnew?.delete(`${topic}/${partition}`);
    for (const { topic, partition, offset } of starts) this.#expect(`${topic}/${partition}`, offset);
    this.#client.incrementalAssign(starts.map(toAssignment));
    if (this.#paused) this.#client.pause([...named]);
  }

  #startsOver({ topic, partition }: TopicPartition): boolean {
    return this.#settings.madeAnew?.has(`${topic}/${partition}`) ?? false;
  }

  #expect(name: string, offset: number | undefined): void {
    if (offset === undefined) this.#expected.delete(name);
    else this.#expected.set(name, offset);
  }

  /** The group waits for the answer to an assignment: whoever cannot read the positions must not hold it up for ever. */
  #patience(): AbortSignal {
    const late = AbortSignal.timeout(assignMs);
    return AbortSignal.any([this.#closing.signal, late]);
  }

  async #unassign(named: readonly TopicPartition[]): Promise<void> {
    await this.#listener?.revoked(named);
    this.#client.incrementalUnassign([...named]);
  }

  async #assignFromEnd(listener: ConsumerListener): Promise<void> {
    const known = await partitionsFromEnd(this.#client, this.#settings.topic);
    listener.assigned(known);
    this.#client.incrementalAssign(known.map(toAssignment));
    this.#watch = setInterval(() => void this.#assignAdded(known, listener), watchPartitionsMs);
  }

  async #assignAdded(known: TopicPartition[], listener: ConsumerListener): Promise<void> {
    try {
      const added = await addedPartitions(this.#client, this.#settings.topic, known);
      if (added.length === 0 || this.#state === 'closed') return;
      known.push(...added);
      listener.assigned(added);
      this.#client.incrementalAssign(added.map(toAssignment));
      if (this.#paused) this.#client.pause(added);
    } catch (error) {
      this.#settings.logger.debug({ err: error }, 'cannot look for added partitions; the next time will do');
    }
  }
}

/** Positions that could not be read in time may be read by a new consumer. */
function asRestart(error: Error): Error {
  return error.name === 'TimeoutError' ? new RestartError('the positions of an assignment could not be read') : error;
}

/** Where nothing was committed the client goes to the earliest record. */
function toAssignment({ topic, partition, offset }: StartPosition): KafkaTopicPartition & { offset?: number } {
  return offset === undefined ? { topic, partition } : { topic, partition, offset };
}

function isSame(a: TopicPartitionOffset, b: Position): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset;
}

function toConsumedRecord(message: Message): ConsumedRecord {
  return {
    topic: message.topic,
    partition: message.partition,
    offset: message.offset,
    key: typeof message.key === 'string' ? Buffer.from(message.key) : (message.key ?? null),
    value: message.value,
    headers: Object.fromEntries(
      (message.headers ?? []).flatMap((header) =>
        Object.entries(header).map(([name, value]) => [name, Buffer.from(value).toString('utf8')]),
      ),
    ),
    timestampMs: message.timestamp,
  };
}
