import { setTimeout as sleep } from 'node:timers/promises';
import kafka, { type Message, type TopicPartition as KafkaTopicPartition } from '@confluentinc/kafka-javascript';
import type { Assignment } from './assignment.ts';
import { BrokerTrouble } from './broker-trouble.ts';
import type {} from './confluent-types.ts';
import { connectClient, disconnectClient } from './connection.ts';
import { commitPositions } from './commit-positions.ts';
import { toConsumedRecord } from './consumed-record.ts';
import { consumerConfig, type ConsumerSettings } from './consumer-settings.ts';
import { ExpectedOffsets } from './expected-offsets.ts';
import { committedPositions, GroupMembership } from './group-membership.ts';
import type { LibrdkafkaError } from './kafka-error.ts';
import { endPosition } from './partitions-from-end.ts';
import type { Consumer, ConsumerListener, Position, StartPosition, TopicPartition } from './port.ts';
import { WholeTopic } from './whole-topic.ts';

const codes = kafka.CODES.ERRORS;

/** How long one poll waits for a record: 50 ms cost 0.4 % of a core when idle, 5 ms cost 1.8 % (docs/kafka.md). */
const pollMs = 50;

/** librdkafka's consumer behind the port. Polls for ever, paused or not: polling is what keeps us in the group. */
export class ConfluentConsumer implements Consumer {
  readonly #settings: ConsumerSettings;
  readonly #client: kafka.KafkaConsumer;
  readonly #assignment: Assignment;
  readonly #expected: ExpectedOffsets;
  readonly #trouble: BrokerTrouble;
  readonly #closing = new AbortController();
  #listener: ConsumerListener | undefined;
  #polling: Promise<void> = Promise.resolve();
  #state: 'new' | 'polling' | 'stopped' | 'closed' = 'new';
  #polledMs = 0;
  #paused = false;

  constructor(settings: ConsumerSettings) {
    const { topic, groupId, from = 'end', instanceId, leave = () => false, madeAnew = new Set(), logger } = settings;
    this.#settings = settings;
    this.#trouble = new BrokerTrouble(logger, topic);
    const client = new kafka.KafkaConsumer(
      {
        ...consumerConfig(settings),
        rebalance_cb: (news: LibrdkafkaError, partitions: KafkaTopicPartition[]) => membership.heard(news, partitions),
      },
      { 'auto.offset.reset': 'earliest' },
    );
    const take = (starts: readonly StartPosition[]): void => this.#take(starts);
    const membership = new GroupMembership({ client, topic, take, madeAnew, instanceId, leave, logger });
    this.#assignment = groupId === undefined ? new WholeTopic({ client, topic, from, take, logger }) : membership;
    this.#expected = new ExpectedOffsets({ client, madeAnew, logger });
    this.#client = client;
    client.setDefaultConsumeTimeout(settings.pollMs ?? pollMs);
  }

  async connect(): Promise<void> {
    await connectClient(this.#client, this.#settings.client, this.#closing.signal, this.#settings.logger);
    this.#client.on('event.error', (error) => this.#trouble.report(error));
    this.#client.on('event.log', ({ message }) => this.#hear(message));
    this.#client.on('partition.eof', ({ topic, partition, offset }) =>
      this.#listener?.endReached({ topic, partition, offset }),
    );
  }

  /** For transactions, which carry the member and generation of the group. */
  get client(): kafka.KafkaConsumer {
    return this.#client;
  }

  /** For how long it was not polled though it should be, milliseconds. */
  get silentMs(): number {
    return this.#state === 'polling' || this.#state === 'stopped' ? performance.now() - this.#polledMs : 0;
  }

  /** What the group has stored; partitions that have no position are missing. Throws UnavailableError. */
  async committed(partitions: readonly TopicPartition[]): Promise<Position[]> {
    return await committedPositions(this.#client, partitions);
  }

  async start(listener: ConsumerListener): Promise<void> {
    this.#listener = listener;
    this.#state = 'polling';
    this.#polledMs = performance.now();
    await this.#assignment.start(listener);
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
    await commitPositions(this.#client, positions);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#assignment.leave();
    this.#state = 'closed';
    await this.#polling;
    // Without a group there is nobody to say farewell to.
    const patienceMs = this.#settings.groupId === undefined ? 1_000 : undefined;
    await disconnectClient(this.#client, this.#settings.logger, patienceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #take(starts: readonly StartPosition[]): void {
    this.#listener?.assigned(starts);
    this.#expected.startAt(starts);
    this.#client.incrementalAssign(starts.map(toAssignment));
    if (this.#paused) this.#client.pause(starts.map(({ topic, partition }) => ({ topic, partition })));
  }

  async #poll(): Promise<void> {
    while (this.#state !== 'closed') {
      this.#polledMs = performance.now();
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

  #hear(line: string): void {
    const error = this.#expected.hear(line, this.#settings.topic);
    if (error) this.#listener?.failed(error);
  }

  #consumeOne(): Promise<{ error: LibrdkafkaError | null; messages: Message[] }> {
    return new Promise((resolve) => {
      this.#client.consume(1, (error, messages) => resolve({ error, messages: messages ?? [] }));
    });
  }

  #deliver(message: Message): void {
    this.#trouble.over();
    if (this.#state !== 'polling') return;
    try {
      this.#expected.follow(message);
      this.#listener?.record(toConsumedRecord(message));
    } catch (error) {
      this.#listener?.failed(error as Error);
    }
  }
}

/** Where nothing was committed the client goes to the earliest record. */
function toAssignment({ topic, partition, offset }: StartPosition): KafkaTopicPartition & { offset?: number } {
  return offset === undefined ? { topic, partition } : { topic, partition, offset };
}
