import { setTimeout as sleep } from 'node:timers/promises';
import kafka, {
  type TopicPartition as KafkaTopicPartition,
  type TopicPartitionOffsetAndMetadata,
} from '@confluentinc/kafka-javascript';
import { RestartError } from '../restart-error.ts';
import { untilAvailable } from '../until-available.ts';
import type { Assignment, AssignmentSettings } from './assignment.ts';
import type {} from './confluent-types.ts';
import { ask, type LibrdkafkaError } from './kafka-error.ts';
import { partitionName } from './partition-name.ts';
import type { ConsumerListener, Position, StartPosition, TopicPartition } from './port.ts';
import { startPosition } from './start-position.ts';

export interface MembershipSettings extends AssignmentSettings {
  /** Names of partitions that start over, whatever the group has committed. */
  readonly madeAnew: Set<string>;
  readonly instanceId: string | undefined;
  /** Whether a static member leaves for good. */
  readonly leave: () => boolean;
}

/** How long one question to the broker may take, and how soon it is asked again. */
const askMs = 10_000;
const maxDelayMs = 3_000;

/** How long the positions of an assignment may stay unread. */
const assignMs = 30_000;

/** How long a static member that leaves for good waits for the client to say so, once its partitions are given back. */
const farewellMs = 1_000;

/** The partitions that the group gives and takes, each change answered after the one before. */
export class GroupMembership implements Assignment {
  readonly #settings: MembershipSettings;
  readonly #closing = new AbortController();
  #listener: ConsumerListener | undefined;
  #rebalancing: Promise<void> = Promise.resolve();

  constructor(settings: MembershipSettings) {
    this.#settings = settings;
  }

  async start(listener: ConsumerListener): Promise<void> {
    this.#listener = listener;
    this.#settings.client.subscribe([this.#settings.topic]);
  }

  /** The client's `rebalance_cb`. */
  heard(news: LibrdkafkaError, partitions: readonly KafkaTopicPartition[]): void {
    this.#rebalancing = this.#rebalancing.then(() => this.#rebalance(news, partitions));
  }

  /** A static member stays, so that its partitions wait for its successor, unless it leaves for good. */
  async leave(): Promise<void> {
    const { client, instanceId, leave } = this.#settings;
    this.#closing.abort();
    if (this.#listener === undefined || (instanceId !== undefined && !leave())) return;
    // A member without partitions leaves the group only if it unsubscribes first (librdkafka 2.15): otherwise the others
    // wait for the end of its session.
    client.unsubscribe();
    if (instanceId !== undefined) await this.#sayFarewell();
  }

  async #rebalance(news: LibrdkafkaError, partitions: readonly KafkaTopicPartition[]): Promise<void> {
    const named = partitions.map(({ topic, partition }): TopicPartition => ({ topic, partition }));
    const isAssignment = news.code === kafka.CODES.ERRORS.ERR__ASSIGN_PARTITIONS;
    try {
      await (isAssignment ? this.#assign(named) : this.#unassign(named));
    } catch (error) {
      this.#answer(isAssignment, named);
      if (!this.#closing.signal.aborted) this.#listener?.failed(asRestart(error as Error));
    }
  }

  /** Without an answer the client would wait for one for ever when it is closed, and the process could not end. */
  #answer(isAssignment: boolean, named: TopicPartition[]): void {
    const { client, logger } = this.#settings;
    try {
      if (isAssignment) client.incrementalAssign(named);
      else client.incrementalUnassign(named);
    } catch (error) {
      logger.debug({ err: error }, 'the client has its answer already');
    }
  }

  async #assign(named: readonly TopicPartition[]): Promise<void> {
    const { madeAnew, logger, take } = this.#settings;
    const find = (): Promise<StartPosition[]> => this.#starts(named);
    const starts = named.length === 0 ? [] : await untilAvailable(find, this.#patience(), logger, { maxDelayMs });
    take(starts);
    // From here on the group's positions are those of the new topic; what is not among these, others have begun anew.
    madeAnew.clear();
  }

  async #starts(named: readonly TopicPartition[]): Promise<StartPosition[]> {
    const { client, madeAnew, logger } = this.#settings;
    const known = named.filter((one) => !madeAnew.has(partitionName(one)));
    const stored = await committedPositions(client, known);
    return await Promise.all(named.map((one) => startPosition(client, one, stored, logger)));
  }

  /** The group waits for the answer to an assignment: whoever cannot read the positions must not hold it up for ever. */
  #patience(): AbortSignal {
    return AbortSignal.any([this.#closing.signal, AbortSignal.timeout(assignMs)]);
  }

  /** Under the cooperative protocol a revoked partition has no other owner until it is unassigned here; a lost one may. */
  async #unassign(named: readonly TopicPartition[]): Promise<void> {
    const { client } = this.#settings;
    if (client.assignmentLost()) this.#listener?.lost(named);
    else await this.#listener?.revoked(named);
    client.incrementalUnassign([...named]);
  }

  /**
   * librdkafka says farewell for a static member only while it does not close yet (KIP-345), and tells nobody when it has:
   * the partitions are given back first, then it is sent. Should it not be, the end of the session does the same.
   */
  async #sayFarewell(): Promise<void> {
    await sleep(farewellMs);
    await this.#rebalancing;
    await sleep(farewellMs);
  }
}

/**
 * What the group has stored, with what is pending settled first (librdkafka asks with require-stable); partitions that
 * have no position are missing. Throws UnavailableError.
 */
export async function committedPositions(
  client: kafka.KafkaConsumer,
  partitions: readonly TopicPartition[],
): Promise<Position[]> {
  const named = partitions.map(({ topic, partition }) => ({ topic, partition }));
  const stored = await ask<TopicPartitionOffsetAndMetadata[]>('read the committed positions', (done) =>
    client.committed(named, askMs, done),
  );
  return stored.flatMap(({ topic, partition, offset, metadata }) =>
    typeof offset === 'number' && offset >= 0 ? [{ topic, partition, offset, metadata: metadata ?? '' }] : [],
  );
}

/** Positions that could not be read in time may be read by a new consumer. */
function asRestart(error: Error): Error {
  return error.name === 'TimeoutError' ? new RestartError('the positions of an assignment could not be read') : error;
}
