import type { ConsumerGlobalConfig } from '@confluentinc/kafka-javascript';
import type { Logger } from '../logging/logger.ts';
import { librdkafkaConfig, type ClientSettings } from './client-settings.ts';

export interface ConsumerSettings {
  readonly client: ClientSettings;
  readonly clientId: string;
  readonly topic: string;
  /** Undefined: reads what arrives from now on in all partitions and commits nothing. */
  readonly groupId: string | undefined;
  /** Without a group: one that the client may ask for, as it does whether or not it joins. Default: a name of its own. */
  readonly nominalGroupId?: string | undefined;
  /** Without a group: where reading begins. Default: `end`. */
  readonly from?: 'start' | 'end';
  /** Static membership: a restart within the session time-out keeps the partitions. */
  readonly instanceId?: string | undefined;
  /** Whether a static member leaves its group; asked when it is closed. */
  readonly leave?: () => boolean;
  /** How long one poll waits for a record, which comes at once all the same. Default: 50 ms. */
  readonly pollMs?: number;
  readonly sessionTimeoutMs: number;
  /** Default: librdkafka's, five minutes. */
  readonly maxPollIntervalMs?: number;
  /** Partitions that start over, whatever the group has committed: `topic/partition`. Those found so are added. */
  readonly madeAnew?: Set<string>;
  readonly logger: Logger;
}

/** The settings in librdkafka's words. */
export function consumerConfig(settings: ConsumerSettings): ConsumerGlobalConfig {
  return {
    ...librdkafkaConfig(settings.client, settings.clientId),
    // The client insists on a group id; without a group nothing is ever joined or committed under it.
    'group.id': settings.groupId ?? settings.nominalGroupId ?? `${settings.clientId}-no-group`,
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
    'enable.partition.eof': true,
    offset_commit_cb: true,
    // That a topic was made anew is said there and nowhere else; a few lines for each change of the metadata.
    debug: 'topic',
  };
}
