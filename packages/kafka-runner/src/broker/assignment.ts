import type kafka from '@confluentinc/kafka-javascript';
import type { Logger } from '../logging/logger.ts';
import type { ConsumerListener, StartPosition } from './port.ts';

/** How a consumer comes by its partitions: from its group, or all of them. */
export interface Assignment {
  start(listener: ConsumerListener): Promise<void>;
  /** No more partitions; the consumer is about to be closed. */
  leave(): Promise<void>;
}

export interface AssignmentSettings {
  readonly client: kafka.KafkaConsumer;
  readonly topic: string;
  /** Called with partitions that are ours from now on: reads them. */
  readonly take: (starts: readonly StartPosition[]) => void;
  readonly logger: Logger;
}
