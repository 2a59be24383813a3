import kafka from '@confluentinc/kafka-javascript';

/** What a topic gets at its creation; `partitions`: 1 by default; `config`: Kafka's own topic settings. */
export interface TopicOptions {
  readonly partitions?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/** Kafka as its clients need it. */
export interface LabKafka {
  readonly bootstrapServers: readonly string[];
  /** Creates a topic; throws when there is one of that name, or when the broker refuses its settings. */
  createTopic(topic: string, options?: TopicOptions): Promise<void>;
}

/** The Kafka at an address. */
export function kafkaAt(bootstrapServers: readonly string[]): LabKafka {
  return { bootstrapServers, createTopic: (topic, options) => createTopic(bootstrapServers, topic, options) };
}

const answerWithinMs = 10_000;

/** Whether the broker answers a request for its metadata. */
export async function answersMetadata(bootstrapServers: readonly string[]): Promise<boolean> {
  const topics = withAdmin(bootstrapServers, (admin, done) => admin.listTopics({ timeout: 2000 }, done));
  return topics.then(
    () => true,
    () => false,
  );
}

/** Creates a topic; throws when there is one of that name, or when the broker refuses its settings. */
export async function createTopic(
  bootstrapServers: readonly string[],
  topic: string,
  { partitions = 1, config = {} }: TopicOptions = {},
): Promise<void> {
  const request = { topic, num_partitions: partitions, replication_factor: 1, config: { ...config } };
  await withAdmin<void>(bootstrapServers, (admin, done) => admin.createTopic(request, answerWithinMs, done));
}

type Admin = ReturnType<typeof kafka.AdminClient.create>;
type Done<T> = (error: kafka.LibrdKafkaError | undefined | null, result?: T) => void;

async function withAdmin<T>(bootstrapServers: readonly string[], ask: (admin: Admin, done: Done<T>) => void) {
  const admin = kafka.AdminClient.create({
    'client.id': 'lab',
    'metadata.broker.list': bootstrapServers.join(','),
    log_level: 0,
  });
  try {
    return await new Promise<T>((resolve, reject) => {
      ask(admin, (error, result) => (error ? reject(error) : resolve(result as T)));
    });
  } finally {
    admin.disconnect();
  }
}
