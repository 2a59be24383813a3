import { assertKeepsSecrets } from '../../../lab/secrets.ts';
import type { PythonClients } from '../../../lab/python.ts';
import { PythonProcess } from './python-process.ts';

/** A record as Python's clients show it. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** As its producer has set it, milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** kafka-python, as the client at the other end. */
export class KafkaPython implements AsyncDisposable {
  readonly #python: PythonProcess;

  constructor(bootstrapServers: readonly string[], clients: PythonClients = 'current') {
    this.#python = new PythonProcess('kafka_commands.py', bootstrapServers, { clients });
  }

  /** Sends values as they are, in order; resolves to their offsets. */
  async send(
    topic: string,
    values: readonly (string | Buffer | null)[],
    { key = null, partition = null }: { key?: string | null; partition?: number | null } = {},
  ): Promise<number[]> {
    const encoded = values.map((value) => (value === null ? null : Buffer.from(value).toString('base64')));
    return (await this.#python.ask('send', { topic, values: encoded, key, partition })) as number[];
  }

  /** Everything that is in the topics, as soon as that are `count` records. */
  async read<Topic extends string>(
    topics: readonly Topic[],
    count: number,
    timeoutSeconds = 60,
  ): Promise<Record<Topic, KafkaRecord[]>> {
    const records = await this.#python.ask('read', { topics, count, timeout_seconds: timeoutSeconds });
    assertKeepsSecrets(JSON.stringify(records), 'a topic');
    return records as Record<Topic, KafkaRecord[]>;
  }

  /** What a group has committed, for each partition of a topic. */
  async committed(group: string, topic: string): Promise<(number | null)[]> {
    return (await this.#python.ask('committed', { group, topic })) as (number | null)[];
  }

  /** The groups that have committed anything for a topic. */
  async groups(topic: string): Promise<string[]> {
    return (await this.#python.ask('groups', { topic })) as string[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#python[Symbol.asyncDispose]();
  }
}
