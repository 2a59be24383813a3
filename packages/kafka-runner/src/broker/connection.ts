import type kafka from '@confluentinc/kafka-javascript';
import { UnavailableError } from '../errors.ts';
import type { Logger } from '../logging/logger.ts';
import type { ClientSettings } from './client-settings.ts';
import type { LibrdkafkaError } from './kafka-error.ts';

type Client = kafka.KafkaConsumer | kafka.Producer;

/** After this the process may end without a client's farewell: the broker's session time-out does the rest. */
const disconnectTimeoutMs = 10_000;

/** Resolves when a broker has answered; otherwise says which brokers were asked and what the last trouble was. */
export async function connectClient(client: Client, settings: ClientSettings): Promise<void> {
  let trouble: LibrdkafkaError | undefined;
  const remember = (error: LibrdkafkaError): void => {
    trouble = error;
  };
  const typed = client as kafka.KafkaConsumer;
  typed.on('event.error', remember);
  try {
    await new Promise<void>((resolve, reject) => {
      typed.connect({ allTopics: false, timeout: settings.connectTimeoutMs }, (error) =>
        error ? reject(unreachable(settings, trouble ?? error)) : resolve(),
      );
    });
  } finally {
    typed.removeListener('event.error', remember);
  }
}

/** Leaves the group and closes the connections, within a bound. */
export async function disconnectClient(client: Client, logger: Logger): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    logger.warn({ code: 'broker-unreachable' }, `no answer to the farewell within ${disconnectTimeoutMs / 1_000} s`);
    resolve();
  }, disconnectTimeoutMs);
  if (client.isConnected()) client.disconnect(() => resolve());
  else resolve();
  await promise;
  clearTimeout(timer);
}

function unreachable(settings: ClientSettings, cause: LibrdkafkaError): UnavailableError {
  const servers = settings.bootstrapServers.join(', ');
  const seconds = settings.connectTimeoutMs / 1_000;
  return new UnavailableError(
    'broker-unreachable',
    `no Kafka broker answered at ${servers} within ${seconds} s (${cause.message}): check the addresses, the network and the security settings`,
    { cause },
  );
}
