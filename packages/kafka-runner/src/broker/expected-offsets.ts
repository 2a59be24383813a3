import type kafka from '@confluentinc/kafka-javascript';
import type { Logger } from '../logging/logger.ts';
import { RestartError } from '../restart-error.ts';
import { partitionName } from './partition-name.ts';
import type { StartPosition, TopicPartition } from './port.ts';
import { sayExpired } from './start-position.ts';

interface ExpectedOffsetsSettings {
  readonly client: kafka.KafkaConsumer;
  /** Names of partitions that start over, whatever the group has committed: those found so are added. */
  readonly madeAnew: Set<string>;
  readonly logger: Logger;
}

/** What librdkafka 2.15 logs under `debug` `topic`; an id of zeros is that of a topic that it knows nothing of yet. */
const newId = /Topic (\S+) changed id from (\S+) to (\S+)$/;
const noId = 'A'.repeat(22);

function isOfNewTopic(line: string, topic: string): boolean {
  const [, about, before, after] = newId.exec(line) ?? [];
  return about === topic && before !== noId && after !== noId;
}

/** For each partition the offset after the last record: what comes next tells what happened to the topic meanwhile. */
export class ExpectedOffsets {
  readonly #settings: ExpectedOffsetsSettings;
  readonly #expected = new Map<string, number>();

  constructor(settings: ExpectedOffsetsSettings) {
    this.#settings = settings;
  }

  startAt(starts: readonly StartPosition[]): void {
    for (const { offset, ...named } of starts) {
      if (offset === undefined) this.#expected.delete(partitionName(named));
      else this.#expected.set(partitionName(named), offset);
    }
  }

  /**
   * Offsets only rise; where they skip what retention has eaten, it is said.
   * @throws RestartError where they fall
   */
  follow({ topic, partition, offset }: TopicPartition & { readonly offset: number }): void {
    const named = { topic, partition };
    const expected = this.#expected.get(partitionName(named)) ?? offset;
    this.#expected.set(partitionName(named), offset + 1);
    if (offset < expected) throw this.#wentBack(named, offset, expected);
    if (offset > expected) this.#lookForExpired(named, expected);
  }

  /**
   * The client goes on at the same offset in a topic that was made anew, if it is long enough by then, and says so in its
   * log alone: what lies before that offset would be nobody's.
   */
  hear(line: string, topic: string): RestartError | undefined {
    if (!isOfNewTopic(line, topic)) return undefined;
    const { client, madeAnew } = this.#settings;
    const assigned = client.assignments().map(({ partition }) => ({ topic, partition }));
    for (const named of assigned) madeAnew.add(partitionName(named));
    return new RestartError(`${topic} was made anew, and is read from its start`, assigned);
  }

  /**
   * The topic was deleted and made anew (a broker forgets the group's positions then), or the client errs. What the group
   * has stored tells which, unless the new topic is shorter than our position: then it is another one for certain.
   */
  #wentBack(named: TopicPartition, offset: number, expected: number): RestartError {
    const { client, madeAnew } = this.#settings;
    const name = partitionName(named);
    if (client.getWatermarkOffsets(named.topic, named.partition).highOffset < expected) madeAnew.add(name);
    const what = `${name} goes on at ${offset} instead of ${expected}: the topic was made anew, it seems`;
    return new RestartError(what, [named]);
  }

  #lookForExpired(named: TopicPartition, from: number): void {
    const { client, logger } = this.#settings;
    const { lowOffset: to } = client.getWatermarkOffsets(named.topic, named.partition);
    if (to > from) sayExpired(logger, { ...named, from, to });
  }
}
