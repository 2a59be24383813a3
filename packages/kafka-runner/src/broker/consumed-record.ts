import type { Message } from '@confluentinc/kafka-javascript';
import { monotonicSeconds } from '../job-phases.ts';
import type { ConsumedRecord } from './port.ts';
import { toRawRecord } from './raw-record.ts';

/** A record whose headers are texts, the last one of a name winning. */
export function toConsumedRecord(message: Message): ConsumedRecord {
  const { headers, ...record } = toRawRecord(message);
  return {
    ...record,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, Buffer.from(value).toString('utf8')])),
    timestampMs: message.timestamp,
    queuedSince: monotonicSeconds() - secondsInKafka(message.timestamp),
  };
}

/** By the clocks of two machines, which may differ: never less than nothing. */
function secondsInKafka(timestampMs: number | undefined): number {
  return timestampMs !== undefined && timestampMs > 0 ? Math.max(0, Date.now() - timestampMs) / 1_000 : 0;
}
