/** How a lab's Kafka differs from the usual one. */
export interface KafkaSettings {
  /** Whether a topic comes into being when it is first used; true by default, as in a broker's own defaults. */
  readonly autoCreateTopics?: boolean;
  /**
   * Any of the broker's own properties, for example `{ 'message.max.bytes': 25_000_000 }`; they win over the lab's. A
   * function when they depend on where the broker listens: another listener has to be named together with the lab's.
   */
  readonly properties?: KafkaProperties | ((place: KafkaPlace) => KafkaProperties);
}

export type KafkaProperties = Readonly<Record<string, string | number | boolean>>;

/** Where a lab's Kafka listens and keeps its data. */
export interface KafkaPlace {
  readonly port: number;
  readonly controllerPort: number;
  readonly dataFolder: string;
}

/**
 * The broker's properties file: one process that is broker and controller at once, on the loopback address only. What
 * makes a single broker quick: no replicas, few partitions of the internal topics, no wait for more group members.
 */
export function serverProperties(place: KafkaPlace, settings: KafkaSettings): string {
  const { port, controllerPort, dataFolder } = place;
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'log.dirs': dataFolder,
    'auto.create.topics.enable': settings.autoCreateTopics ?? true,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // After a kill -9 the controller admits the broker again only when its old session has run out: 9 s by default.
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 1000,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 500,
    ...(typeof settings.properties === 'function' ? settings.properties(place) : settings.properties),
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
